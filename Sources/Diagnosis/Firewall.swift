import Director
import Interfaces
public import LoadBalancing
public import PacketMarks

/// Packets that the load balancer's own firewall drops.
public struct BlockedTraffic: Hashable, Sendable {
  /// Who speaks to whom.
  public enum Passage: Hashable, Sendable {
    /// Clients to the virtual address.
    case clients
    /// What IPVS hands on to a server.
    case delivery
    /// A server's answers to clients, on their way through.
    case answers
    case check
    case checkAnswer
  }

  public var passage: Passage
  /// Which packets: what a rule that lets them pass must name.
  public var selector: PacketSelector
  /// At least one.
  public var drops: [PacketDrop]

  public init(_ passage: Passage, _ selector: PacketSelector, drops: [PacketDrop]) {
    self.passage = passage
    self.selector = selector
    self.drops = drops
  }
}

/// Packets to an address and ports, or from them.
public struct PacketSelector: Hashable, Sendable {
  public var address: IPAddress
  public var isSource: Bool
  public var protocolNumber: UInt8
  /// nil: all, or a protocol that has none.
  public var ports: PortSet?

  public init(_ address: IPAddress, isSource: Bool = false, protocolNumber: UInt8, ports: PortSet?) {
    self.address = address
    self.isSource = isSource
    self.protocolNumber = protocolNumber
    self.ports = ports
  }
}

/// Asks the rules of this machine what becomes of each service's packets. Pure.
struct Firewall {
  let ruleset: Ruleset
  let interfaces: InterfaceSnapshot
  /// `net.ipv4.vs.conntrack`
  let tracksConnections: Bool

  /// The last chain of `input` that sees a client's packet: IPVS takes it behind that one (`NF_IP_PRI_NAT_SRC - 2`).
  private static let lastBeforeIPVS: Int32 = 98
  private static let syn: UInt8 = 0x02
  private static let synAcknowledgement: UInt8 = 0x12

  /// What clients send to the service.
  func blocked(clientsOf service: VirtualService, on interface: String?) -> [BlockedTraffic] {
    guard let address = service.address, let ports = service.ports, let transport = service.transport,
      let input = interface.flatMap(self.interface)
    else { return [] }
    return transport.numbers.sorted().compactMap { number in
      blocked(.clients, address, number, ports) { port in
        let packet = TracedPacket(
          address.family, protocolNumber: number, from: .init(), to: .init(address, port: port),
          tcpFlags: Self.flags(Self.syn, number), input: input, tracking: .new, isForHere: true)
        return ruleset.drops(
          of: packet, at: [.ingress, .prerouting, .input], priorityMax: Self.lastBeforeIPVS)
      }
    }
  }

  /// What goes to a server and comes from it.
  func blocked(
    _ server: ServerUnderTest, of service: VirtualService, on interface: String
  ) -> [BlockedTraffic] {
    guard let link = self.interface(interface) else { return [] }
    return deliveries(to: server, of: service, on: link) + checks(of: server, in: service, on: link)
  }

  private func deliveries(
    to server: ServerUnderTest, of service: VirtualService, on link: TracedPacket.Interface
  ) -> [BlockedTraffic] {
    // IPVS does not track unless it must.
    let handedOn: TracedPacket.TrackingStates = tracksConnections ? .new : .untracked
    if server.forwarding == .tun {
      let (number, port) = Self.outer(service.tunnel ?? Tunnel(), service.family)
      return [
        blocked(.delivery, server.address, number, port.map { PortSet($0) }) { port in
          outgoing(.init(), .init(server.address, port: port), number, on: link, handedOn)
        }
      ].compactMap(\.self)
    }
    guard let ports = service.ports, let transport = service.transport else { return [] }
    return transport.numbers.sorted().flatMap { number -> [BlockedTraffic] in
      guard server.forwarding.translatesPorts else {
        guard let address = service.address else { return [] }
        return [
          blocked(.delivery, address, number, ports) { port in
            outgoing(.init(), .init(address, port: port), number, on: link, handedOn)
          }
        ].compactMap(\.self)
      }
      let serverPorts = server.port.flatMap { $0 == 0 ? nil : PortSet($0) } ?? ports
      let delivery = blocked(.delivery, server.address, number, serverPorts) { port in
        outgoing(.init(), .init(server.address, port: port), number, on: link, handedOn)
      }
      let answers = blocked(.answers, server.address, number, serverPorts, isSource: true) { port in
        let packet = TracedPacket(
          server.address.family, protocolNumber: number, from: .init(server.address, port: port), to: .init(),
          tcpFlags: Self.flags(Self.synAcknowledgement, number), input: link, tracking: answerStates(number))
        return ruleset.drops(of: packet, at: [.ingress, .prerouting, .forward, .postrouting])
      }
      return [delivery, answers].compactMap(\.self)
    }
  }

  /// Of a connection that is not tracked, a SYN-ACK comes out of the blue, and a datagram begins one.
  private func answerStates(_ protocolNumber: UInt8) -> TracedPacket.TrackingStates {
    if tracksConnections { return .established }
    return protocolNumber == 6 ? .invalid : [.new, .invalid]
  }

  private func checks(
    of server: ServerUnderTest, in service: VirtualService, on link: TracedPacket.Interface
  ) -> [BlockedTraffic] {
    guard let real = service.realServers.first(where: { $0.label == server.label }) else { return [] }
    let targets = service.checks(of: real, defaults: CheckTiming())
    let ports = targets.filter { $0.path == .server }.flatMap(\.probe.tcpPorts)
    guard !ports.isEmpty else { return [] }
    let set = PortSet(ports.map { $0...$0 })
    return [
      blocked(.check, server.address, 6, set) { port in
        outgoing(.init(), .init(server.address, port: port), 6, on: link, .new)
      },
      blocked(.checkAnswer, server.address, 6, set, isSource: true) { port in
        let packet = TracedPacket(
          server.address.family, protocolNumber: 6, from: .init(server.address, port: port), to: .init(),
          tcpFlags: Self.synAcknowledgement, input: link, tracking: .established, isForHere: true)
        return ruleset.drops(of: packet, at: [.ingress, .prerouting, .input])
      },
    ].compactMap(\.self)
  }

  private func outgoing(
    _ source: TracedPacket.End, _ destination: TracedPacket.End, _ number: UInt8, on link: TracedPacket.Interface,
    _ tracking: TracedPacket.TrackingStates
  ) -> [PacketDrop] {
    guard let family = destination.address?.family else { return [] }
    let packet = TracedPacket(
      family, protocolNumber: number, from: source, to: destination, tcpFlags: Self.flags(Self.syn, number),
      output: link, tracking: tracking)
    return ruleset.drops(of: packet, at: [.output, .postrouting])
  }

  /// The ports, of ranges the first and the last, that are dropped; those of one range together.
  private func blocked(
    _ passage: BlockedTraffic.Passage, _ address: IPAddress, _ number: UInt8, _ ports: PortSet?, isSource: Bool = false,
    _ drops: (UInt16?) -> [PacketDrop]
  ) -> BlockedTraffic? {
    var selector = PacketSelector(address, isSource: isSource, protocolNumber: number, ports: nil)
    guard let ports, !ports.isAll else {
      let found = drops(nil)
      return found.isEmpty ? nil : BlockedTraffic(passage, selector, drops: found)
    }
    var concerned: [ClosedRange<UInt16>] = []
    var found: [PacketDrop] = []
    for range in ports.ranges {
      let ends = range.count == 1 ? [range.lowerBound] : [range.lowerBound, range.upperBound]
      let dropped = ends.flatMap { (port: UInt16) -> [PacketDrop] in drops(port) }
      guard !dropped.isEmpty else { continue }
      concerned.append(range)
      for drop in dropped where !found.contains(drop) { found.append(drop) }
    }
    guard !found.isEmpty else { return nil }
    selector.ports = PortSet(concerned)
    return BlockedTraffic(passage, selector, drops: found)
  }

  private func interface(_ name: String) -> TracedPacket.Interface? {
    interfaces.link(named: name).map { .init(name: $0.name, index: $0.index) }
  }

  private static func flags(_ flags: UInt8, _ protocolNumber: UInt8) -> UInt8? { protocolNumber == 6 ? flags : nil }

  /// The protocol outside, and the port of one that has ports.
  private static func outer(_ tunnel: Tunnel, _ inner: AddressFamily) -> (UInt8, UInt16?) {
    switch tunnel.kind {
    case .ipip: (inner == .inet ? 4 : 41, nil)
    case .gre: (47, nil)
    case .gue: (17, tunnel.port)
    }
  }
}

extension CheckTarget.Probe {
  /// To which it connects; none where that is not known, or it is no TCP.
  fileprivate var tcpPorts: [UInt16] {
    switch self {
    case .connect(let ports, .tcp): ports
    case .on, .off, .ping, .connect, .application, .agent, .external: []
    }
  }
}
