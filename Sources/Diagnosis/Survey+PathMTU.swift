import Director
import Interfaces
import LoadBalancing

/// How large packets in tunnels may be: SYNs of all sizes, of which only small ones may get an answer.
extension Survey {
  /// As large as the load balancer believes that packets in the tunnel may be.
  func fullProbe(to server: ServerUnderTest, in expectation: Expectations.Service) -> [SYNProbe] {
    assumedMTU(to: server).flatMap { tunnelProbe(to: server, in: expectation, packetBytes: $0) }.map { [$0] } ?? []
  }

  private func tunnelProbe(
    to server: ServerUnderTest, in expectation: Expectations.Service, packetBytes: Int
  ) -> SYNProbe? {
    guard server.forwarding == .tun, var probe = pairs(of: server, in: expectation).first?.virtual else { return nil }
    probe.packetBytes = packetBytes
    return probe
  }

  private func assumedMTU(to server: ServerUnderTest) -> Int? {
    mtus[server.address] ?? link(to: server.address).flatMap { interfaces.link(named: $0) }.map { Int($0.mtu) }
  }

  /// Sizes of packets between which paths lie: of PPPoE, of tunnels in tunnels, of IPv6 at least.
  private static let packetSizes = [
    8000, 4000, 1500, 1492, 1480, 1476, 1450, 1420, 1400, 1360, 1320, 1280, 1200, 1000, 576,
  ]

  /// Smaller ones, where those of full size got no answer and others did; by the link's name.
  func sizeProbes() -> [String: [SYNProbe]] {
    probes { server, expectation in
      [losesFullPackets(server, in: expectation) ? smallerProbes(to: server, in: expectation) : []]
    }
  }

  private func smallerProbes(to server: ServerUnderTest, in expectation: Expectations.Service) -> [SYNProbe] {
    Self.packetSizes.filter { $0 < assumedMTU(to: server) ?? 0 }
      .compactMap { tunnelProbe(to: server, in: expectation, packetBytes: $0) }
  }

  private func losesFullPackets(_ server: ServerUnderTest, in expectation: Expectations.Service) -> Bool {
    guard let full = fullProbe(to: server, in: expectation).first, answers[full] == .silence,
      case .accepted? = pairs(of: server, in: expectation).first?.virtual.flatMap({ answers[$0] })
    else { return false }
    return true
  }

  func pathMTU(of server: ServerUnderTest, in expectation: Expectations.Service) -> ServerEvidence.PathMTU? {
    guard losesFullPackets(server, in: expectation), let assumed = assumedMTU(to: server) else { return nil }
    let seen = smallerProbes(to: server, in: expectation).filter { probe in
      if case .accepted? = answers[probe] { true } else { false }
    }
    // A server that takes no SYN with something in it tells nothing.
    return seen.compactMap(\.packetBytes).max().map { .init(assumed: assumed, seen: $0) }
  }
}
