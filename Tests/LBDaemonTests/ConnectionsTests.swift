import ControlAPI
import Director
import FoundationEssentials
import Glibc
import LinuxSystem
import LoadBalancing
import Testing

@testable import LBDaemon

@Suite struct ConnectionsTests {
  @Test func theFirstAreShownAndAllAreCounted() async throws {
    try await APIFixture.serve { path in
      let list = try await ControlClient(socketPath: path).connections(ConnectionFilter(state: "SYN_RECV"))
      #expect(list.connections.count == ConnectionList.shownMax)
      #expect(list.summary.total == 2500)
      #expect(list.summary.groups == [.init(service: "S", server: "R", states: ["ESTABLISHED": 2500])])
    }
  }

  @Test func allOfThemComeOneALine() async throws {
    try await APIFixture.serve { path in
      var lines: [String] = []
      try await ControlClient(socketPath: path).streamConnections(ConnectionFilter()) { lines.append($0) }
      let list = try ControlJSON.decode(ConnectionList.self, from: Data(lines.joined().utf8))
      #expect(list.connections.count == 2500 && list.summary.total == 2500)
      #expect(lines.count == 2502)
    }
  }

  @Test func aRefusalOfAStreamIsOneOfTheAPIs() async throws {
    try await APIFixture.serve(FakeControlService(refusing: .noSuchService("X", among: []))) { path in
      let error = await #expect(throws: ControlError.self) {
        try await ControlClient(socketPath: path).streamConnections(ConnectionFilter()) { _ in }
      }
      guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(refusal.code == .noSuchService)
    }
  }

  @Test func aServiceOrServerThatIsNotThereIsSaid() async throws {
    try await ReloaderFixture.running { fixture in
      let service = await #expect(throws: APIError.self) {
        _ = try await fixture.control.connections(ConnectionFilter(service: "Wob"))
      }
      #expect(service?.code == .noSuchService)
      let server = await #expect(throws: APIError.self) {
        _ = try await fixture.control.connections(ConnectionFilter(server: "nobody"))
      }
      #expect(server?.code == .noSuchServer)
    }
  }

  /// A million lines as the kernel writes them need no more memory than a hundred; in a process whose memory is its own.
  @Test func aLargeTableNeedsNoLargeMemory() async throws {
    try await APIFixture.withDirectory { directory in
      let path = directory + "/ip_vs_conn"
      try Self.writeTable(of: 1_000_000, to: path)
      await #expect(processExitsWith: .success) { [path = path as String] in
        try await ConnectionsTests.readAll(of: path)
      }
    }
  }

  private static func readAll(of path: String) async throws {
    let services = [
      VirtualService(
        label: "Web",
        entry: .address(try #require(IPAddress("10.0.0.9")), ports: PortSet(80), protocol: .tcp),
        realServers: [RealServer(label: "a", address: try #require(IPAddress("10.0.0.2")))])
    ]
    let table = ConnectionTable(
      ConnectionFilter(state: "syn_recv"),
      labels: ConnectionLabels(LoadBalancer(virtualServices: services), marks: MarkAssignment()),
      executor: try ThreadExecutor(name: "tables"), path: path)
    let before = try Self.residentBytes()
    var tally = ConnectionTally()
    var most = 0
    while let piece = try await table.next() {
      most = max(most, piece.count)
      for connection in piece { tally.add(connection) }
    }
    #expect(tally.summary.groups == [.init(service: "Web", server: "a", states: ["SYN_RECV": 10_000])])
    #expect(most < 2000)
    #expect(try Self.residentBytes() - before < 32 << 20)
  }

  private static func writeTable(of count: Int, to path: String) throws {
    let file = unsafe try #require(fopen(path, "w"))
    defer { unsafe _ = fclose(file) }
    unsafe _ = fputs("Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n", file)
    let established = "TCP C0A80132 9C3E 0A000009 0050 0A000002 0050 ESTABLISHED     899\n"
    let half = "TCP C0A80132 9C3F 0A000009 0050 0A000002 0050 SYN_RECV         58\n"
    for index in 0..<count { unsafe _ = fputs(index % 100 == 0 ? half : established, file) }
  }

  /// The second number of proc(5) statm, in pages.
  private static func residentBytes() throws -> Int {
    let text = String(decoding: try BoundedFile.read("/proc/self/statm", bytesMax: 4096), as: UTF8.self)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return try #require(pages) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
