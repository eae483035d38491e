import Director
import Foundation
import Glibc
import LinuxSystem
import Logging
import Synchronization
import Testing

@testable import LBDaemon

@Suite struct LogLineTests {
  private final class Written: Sendable {
    let lines = Mutex<[String]>([])
  }

  private func halt() throws -> DirectorEvent {
    let json = """
      {"at":0,"id":1,"kind":"operator","message":"online → halt","server":"web1","service":"Web",\
      "severity":"warning","state":"halt","user":"jane"}
      """
    return try JSONDecoder().decode(DirectorEvent.self, from: Data(json.utf8))
  }

  @Test func theJournalGetsFieldsAndNobodyGetsThemTwice() async throws {
    try await APIFixture.withDirectory { directory in
      let receiver = try DatagramReceiver(path: directory + "/journal")
      let written = Written()
      let line = LogLine(
        writesPriorities: true, journal: try JournalSocket(path: receiver.path),
        standardError: { text in written.lines.withLock { $0.append(text) } })
      Logger(label: "test") { _ in line }.log(try halt())
      #expect(
        receiver.next == """
          MESSAGE=Web: web1: online → halt (by jane)
          PRIORITY=4
          SYSLOG_IDENTIFIER=lbd
          EVENT=operator
          SERVER=web1
          SERVICE=Web
          STATE=halt
          USER=jane

          """)
      #expect(written.lines.withLock(\.self) == [])

      // Too long for a datagram: as a line, whole.
      let long = String(repeating: "x", count: 1 << 20)
      Logger(label: "test") { _ in line }.error("\(long)")
      #expect(receiver.next == nil)
      #expect(written.lines.withLock(\.self) == ["<3>\(long)\n"])
    }
  }

  @Test func withoutAJournalItIsALine() throws {
    let written = Written()
    let line = LogLine(
      writesPriorities: false, standardError: { text in written.lines.withLock { $0.append(text) } })
    Logger(label: "test") { _ in line }.log(try halt())
    let text = written.lines.withLock { $0.first ?? "" }
    #expect(text.wholeMatch(of: /\d\d:\d\d:\d\dZ warning: Web: web1: online → halt \(by jane\)\n/) != nil)
  }
}

/// A socket that datagrams are sent to.
private final class DatagramReceiver {
  let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL) }
  }

  deinit { close(descriptor) }

  /// The next that has arrived; nil without one.
  var next: String? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
