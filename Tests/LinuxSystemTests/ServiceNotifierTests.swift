import Glibc
import Testing

@testable import LinuxSystem

@Suite struct ServiceNotifierTests {
  @Test func saysNothingWithoutAServiceManager() throws {
    let notifier = ServiceNotifier { _ in nil }
    try notifier.ready()
    #expect(notifier.watchdogInterval == nil)
  }

  @Test func speaksToASocketInTheFileSystem() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/notify"
    try expectDatagrams(named: Array(path.utf8), from: ServiceNotifier { $0 == "NOTIFY_SOCKET" ? path : nil })
  }

  @Test func speaksToAnAbstractSocket() throws {
    let name = "lbd-test-\(UInt64.random(in: .min ... .max))"
    try expectDatagrams(
      named: [0] + Array(name.utf8), from: ServiceNotifier { $0 == "NOTIFY_SOCKET" ? "@" + name : nil })
  }

  private func expectDatagrams(named name: [UInt8], from notifier: ServiceNotifier) throws {
    let socket = try receiver(named: name)
    try notifier.ready(status: "14 services,\n2 of them red")
    #expect(receive(socket) == "READY=1\nSTATUS=14 services, 2 of them red")
    try notifier.reloading()
    let reloading = receive(socket).split(separator: "=")
    #expect(reloading.dropLast() == ["RELOADING", "1\nMONOTONIC_USEC"])
    #expect(reloading.last.flatMap { Int64($0) } != nil)
    try notifier.watchdog()
    #expect(receive(socket) == "WATCHDOG=1")
    try notifier.stopping()
    #expect(receive(socket) == "STOPPING=1")
  }

  @Test func namesASocketThatIsNotThere() {
    let error = #expect(throws: SystemError.self) {
      try ServiceNotifier { $0 == "NOTIFY_SOCKET" ? "/tmp/lbd-no-such-socket" : nil }.ready()
    }
    #expect(error == SystemError("notify the service manager at /tmp/lbd-no-such-socket", errno: ENOENT))
  }

  @Test(arguments: ["vsock:2:1", "relative", "/" + String(repeating: "x", count: 200)])
  func refusesOtherKindsOfSocket(name: String) {
    let error = #expect(throws: SystemError.self) {
      try ServiceNotifier { $0 == "NOTIFY_SOCKET" ? name : nil }.ready()
    }
    #expect(error?.errno == EAFNOSUPPORT)
  }

  @Test func theWatchdogIsMeantForThisProcessOnly() {
    let own = ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]
    #expect(ServiceNotifier { own[$0] }.watchdogInterval == .seconds(30))
    let other = ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]
    #expect(ServiceNotifier { other[$0] }.watchdogInterval == nil)
    #expect(ServiceNotifier { $0 == "WATCHDOG_USEC" ? "soon" : nil }.watchdogInterval == nil)
  }

  private func receiver(named name: [UInt8]) throws -> OwnedDescriptor {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = OwnedDescriptor(try systemCall("socket") { Glibc.socket(AF_UNIX, type, 0) })
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    try systemCall("bind") {
      unsafe withUnsafePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(socket.rawValue, $0, length) }
      }
    }
    return socket
  }

  /// The datagram that has arrived; sending it has put it there.
  private func receive(_ socket: borrowing OwnedDescriptor) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(socket.rawValue, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }
}
