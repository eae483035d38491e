import Glibc
import LinuxSystem
import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import ClientWatch
@testable import Interfaces

/// The watcher on an interface of this machine, and frames that leave by it.
@Suite(.enabled(if: NetworkNamespace.isAvailable), .serialized, .timeLimit(.minutes(2))) struct ClientWatcherTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let family: Family
    let forwarding: Forwarding
    var tunnel: Tunnel?

    static let all: [Case] = Family.all.flatMap { family in
      [
        Case(testDescription: "\(family) dr", family: family, forwarding: .dr),
        Case(testDescription: "\(family) nat", family: family, forwarding: .nat),
        Case(testDescription: "\(family) ipip", family: family, forwarding: .tun, tunnel: Tunnel()),
        Case(
          testDescription: "\(family) gre", family: family, forwarding: .tun, tunnel: Tunnel(kind: .gre, checksum: true)
        ),
        Case(
          testDescription: "\(family) gue", family: family, forwarding: .tun, tunnel: Tunnel(kind: .gue, port: 6080)),
      ]
    }
  }

  private func watched(_ one: Case, suspect: Bool = true) throws -> WatchedServers {
    let servers = try (1...2).map {
      RealServer(label: "rip\($0)", address: try #require(IPAddress(one.family.rip($0))))
    }
    return WatchedServers(
      LoadBalancer(virtualServices: [
        VirtualService(
          label: "Web", entry: .address(try #require(IPAddress(one.family.vip)), ports: PortSet(80), protocol: .tcp),
          forwarding: one.forwarding, tunnel: one.tunnel, suspect: suspect, realServers: servers)
      ]))
  }

  /// A client's segment on its way to a server, as IPVS sends it.
  private func frame(
    _ one: Case, client: UInt8, of number: UInt8 = 2, port: UInt16 = 80, flags: TCPSegment.Flags = .syn
  ) throws -> [UInt8] {
    let server = try #require(IPAddress(one.family.rip(Int(number))))
    let source = try #require(IPAddress(one.family.far + "\(client)"))
    let segment = TCPSegment(
      flags, from: .init(address: source, port: 40_000),
      to: .init(address: one.forwarding == .nat ? server : try #require(IPAddress(one.family.vip)), port: port),
      sequence: 7)
    let here = try #require(IPAddress(one.family.near + "1"))
    let packet = one.tunnel.map { TunnelWrapping($0, from: here, to: server).wrap(segment.packet) } ?? segment.packet
    return EthernetFrame(
      to: try #require(HardwareAddress(bytes: [2, 0, 0, 0, 0, 0x20 + number])), from: .zero,
      kind: one.family.isIPv4 ? EthernetFrame.Kind.ipv4 : EthernetFrame.Kind.ipv6, payload: packet
    ).bytes
  }

  @Test(arguments: Case.all)
  func clientsWithoutAnAnswer(one: Case) async throws {
    let host = try LonelyHost()
    try await host.setUp(one.family)
    let watched = try watched(one)
    let first = await host.watcher.look(at: watched, for: .zero)
    #expect(first.troubles.isEmpty && first.suspects.isEmpty)
    // What is no SYN of the service says nothing, however often.
    let others = try [frame(one, client: 1, port: 81), frame(one, client: 2, flags: .reset)]
    for _ in 0..<8 { try await host.send(others) }
    let clients = try (1...3).map { try frame(one, client: UInt8($0)) }
    try await host.send(clients)
    try await host.send(clients)
    let look = await host.watcher.look(at: watched, for: .seconds(60))
    #expect(look.suspects == [try #require(IPAddress(one.family.rip(2)))])
  }

  @Test(arguments: Case.all)
  func clientsWithAnAnswer(one: Case) async throws {
    let host = try LonelyHost()
    try await host.setUp(one.family)
    let watched = try watched(one)
    _ = await host.watcher.look(at: watched, for: .zero)
    // One gets on after the others, and the fourth is alone; nobody gets on with the other server.
    try await host.send((1...3).map { try frame(one, client: UInt8($0)) })
    try await host.send([frame(one, client: 3, flags: .acknowledgement), frame(one, client: 4)])
    try await host.send((5...7).map { try frame(one, client: UInt8($0), of: 1) })
    let look = await host.watcher.look(at: watched, for: .seconds(60))
    #expect(look.suspects == [try #require(IPAddress(one.family.rip(1)))])
  }

  @Test(arguments: Case.all)
  func theKernelTakesTheFilterOfSomeClients(one: Case) async throws {
    var rate = AcknowledgementRate()
    _ = rate.note(100_000, at: .seconds(1))
    var filter = SegmentFilter(rate.sampling)
    for service in try watched(one).services {
      for server in service.realServers { filter.add(server.address, of: service) }
    }
    let host = try LonelyHost()
    try await host.setUp(one.family)
    try await host.open(filter)
  }

  @Test func otherServicesAreNotWatched() throws {
    let one = try #require(Case.all.first)
    #expect(try watched(one, suspect: false).isEmpty && !watched(one).isEmpty)
    let targets = try watched(one).targets(of: try #require(IPAddress(one.family.rip(1))), defaults: CheckTiming())
    #expect(targets.count == 1 && targets.first?.probe == .connect(ports: [80]))
  }
}

/// A namespace with one cable, in which the watcher's thread lives.
private actor LonelyHost {
  private let executor: ThreadExecutor
  let watcher: ClientWatcher

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init() throws {
    executor = try ThreadExecutor(name: "lonely")
    watcher = ClientWatcher(
      executor: executor, openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) })
  }

  func setUp(_ family: Family) throws {
    try NetworkNamespace.enter()
    let script = """
      ip link add eth0 type veth peer name other
      ip addr add \(family.with(family.near + "1")) dev eth0 \(family.nodad)
      ip link set other up; ip link set eth0 up
      ip neigh add \(family.rip(1)) lladdr 02:00:00:00:00:21 dev eth0
      ip neigh add \(family.rip(2)) lladdr 02:00:00:00:00:22 dev eth0
      """
    guard try shell(script) == 0 else { throw SystemError("set up the host", errno: EIO) }
  }

  func open(_ filter: SegmentFilter) throws {
    _ = try PacketSocket(
      leaving: "eth0", filter: filter.text, snapLength: ClientSegment.frameBytes, bufferBytes: 1 << 20,
      batchMilliseconds: 20)
  }

  func send(_ frames: [[UInt8]]) throws {
    let socket = try PacketSocket(on: "eth0", filter: "arp")
    for frame in frames { try socket.send(frame) }
  }
}
