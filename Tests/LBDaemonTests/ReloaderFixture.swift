import ArgumentParser
import Diagnosis
import Director
import FoundationEssentials
import HealthChecks
import IPVS
import Interfaces
import LinuxSystem
import LoadBalancing
import Netlink
import PacketMarks

@testable import LBDaemon

/// A kernel that takes everything, holds nothing and has counted what came to the fixture's service.
private struct QuietKernel: Kernel {
  var processorTime: Duration { .zero }

  func observe(sysctls: Set<String>, counting: Bool) async throws(KernelError) -> ObservedState {
    ObservedState(
      services: [:], counters: [:], packetMarks: nil,
      interfaces: InterfaceSnapshot(links: [NetworkLink(index: 2, name: "eth0")], addresses: []), sysctls: [:])
  }

  func apply(_ changes: [KernelChange]) async throws(KernelError) -> [KernelFailure] { [] }
  func routes(to addresses: Set<IPAddress>) async throws(KernelError) -> [IPAddress: Route] { [:] }

  func counters() async throws(KernelError) -> IPVSCounterTable {
    var statistics = IPVSStatistics()
    (statistics.connections, statistics.packetsIn, statistics.bytesIn) = (7, 70, 7000)
    let connections = IPVSConnections(active: 3, inactive: 4)
    return [
      .address(Self.service, port: 80, protocol: 6): IPVSServiceCounters(
        statistics: statistics,
        destinations: [
          .init(address: Self.server, port: 80): IPVSCounters(connections: connections, statistics: statistics)
        ])
    ]
  }

  private static let service = IPAddress(family: .inet, value: 0x0A00_0001)
  private static let server = IPAddress(family: .inet, value: 0x0A00_000B)

  func announce(_ places: [InterfaceAddress]) async throws(KernelError) -> [KernelFailure] { [] }
  func interfaces() async throws(KernelError) -> InterfaceSnapshot { InterfaceSnapshot() }
  func packetMarks() async throws(KernelError) -> PacketMarkState? { nil }
  func nextInterfaceChange() async throws(KernelError) { try? await Task.sleep(for: .seconds(86_400)) }
  func nextPacketMarkChange() async throws(KernelError) { try? await Task.sleep(for: .seconds(86_400)) }
}

private struct PassingProber: Prober {
  func begin(_ target: CheckTarget, then: @escaping @Sendable (ProbeOutcome?) -> Void) -> (any RunningCheck)? {
    then(ProbeOutcome(.passed, "passed"))
    return nil
  }
}

private struct SilentWire: AddressProber {
  func claims(of places: [InterfaceAddress], on interfaces: InterfaceSnapshot) async -> [InterfaceAddress: String] {
    [:]
  }
}

private struct ForgetfulStore: StateStore {
  func save(_ state: SavedState) {}
}

/// The files of a configuration in a directory of their own, with a Director that runs them.
struct ReloaderFixture {
  static let text = """
    <load-balancer version="1">
      <global watch="no"/>
      <!-- the web -->
      <virtual-service label="Web" address="10.0.0.1" ports="80">
        <real-server label="a" address="10.0.0.11"/>
      </virtual-service>
    </load-balancer>

    """

  /// Where the files to go back to are kept.
  static let pending = "unconfirmed.configuration"

  static let dropIn = """
    <load-balancer><virtual-service label="Mail" address="10.0.0.2" ports="25">
    <real-server label="m" address="10.0.0.12"/></virtual-service></load-balancer>
    """

  let directory: String
  let keeper: ConfigurationKeeper
  let director: Director
  let reloader: Reloader
  let notifications = StateChangeQueue()
  let control: DirectorControl

  private init(_ directory: String) throws {
    self.directory = directory
    keeper = try Self.keeper(in: directory)
    director = Director(
      executor: try ThreadExecutor(name: "director"), configuration: LoadBalancer(), saved: SavedState(),
      kernel: QuietKernel(),
      monitor: HealthMonitor(prober: PassingProber()), store: ForgetfulStore(),
      prober: SilentWire(), now: { 0 }, observe: { _ in })
    reloader = Reloader(keeper: keeper, director: director)
    control = DirectorControl(
      director: director, keeper: keeper, reloader: reloader,
      examinations: Examinations(
        director: director,
        examiner: Examiner(
          executor: try ThreadExecutor(name: "examine"),
          openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) },
          openNetfilter: { () throws(NetlinkError) in try LibNLTransport(.netfilter) })),
      notifications: notifications, tables: try ThreadExecutor(name: "tables"))
  }

  /// A keeper as another process would have it.
  static func keeper(in directory: String) throws -> ConfigurationKeeper {
    let options = try DaemonOptions.parse([
      "--config", directory + "/lbd.xml", "--config-directory", directory + "/conf.d", "--state-directory", directory,
    ])
    return ConfigurationKeeper(options, executor: try ThreadExecutor(name: "files"))
  }

  static func running(_ body: (ReloaderFixture) async throws -> Void) async throws {
    try await APIFixture.withDirectory { directory in
      let fixture = try ReloaderFixture(directory)
      try fixture.makeDirectory("conf.d")
      try fixture.write(text)
      try await fixture.director.start()
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask { await fixture.director.run() }
        _ = try await fixture.reloader.reload(reason: "test")
        try await body(fixture)
        group.cancelAll()
      }
    }
  }

  func write(_ text: String, to name: String = "lbd.xml") throws {
    try Data(text.utf8).write(to: URL(filePath: directory + "/" + name))
  }

  func text(_ name: String = "lbd.xml") throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: directory + "/" + name)), as: UTF8.self)
  }

  func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: directory + "/" + name, withIntermediateDirectories: true)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: directory + "/" + name) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: directory + "/" + name) }

  /// The labels of the servers that run.
  func servers() async -> [String] {
    await director.configuration.virtualServices.flatMap(\.realServers).map(\.label)
  }
}
