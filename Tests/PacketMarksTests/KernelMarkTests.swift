import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import PacketMarks

/// The same against this machine's kernel, where there is one that allows it.
@Suite(.enabled(if: NetworkNamespace.isAvailable && hasNFTables))
struct KernelMarkTests {
  @Test func `any state is made, read back and turned into any other`() async throws {
    try await NetworkNamespace.run {
      let table = PacketMarkTable(try LibNLTransport(.netfilter))
      #expect(try table.read() == nil)
      var state: PacketMarkState?
      for _ in 0..<20 {
        let next = PacketMarkState.random()
        state = try table.apply((state ?? PacketMarkState()).changes(to: next), to: state)
        #expect(state ?? PacketMarkState() == next)
        #expect(try table.read() == state)
        #expect(try !table.hasForeignChanges())
      }
      let other = PacketMarkTable(try LibNLTransport(.netfilter))
      let tcp = PacketMarkState(
        marks: [PacketMarkSelector(address: IPAddress(family: .inet, value: 1), protocolNumber: 6, ports: 1...9): 1])
      try other.apply(PacketMarkState().changes(to: tcp), to: nil)
      #expect(try table.hasForeignChanges())
      #expect(try other.read() == tcp)
      let udp = PacketMarkState(
        marks: [PacketMarkSelector(address: IPAddress(family: .inet, value: 1), protocolNumber: 17, ports: 1...1): 1])
      for (from, to) in [(tcp, udp), (udp, tcp)] {
        #expect(try other.apply(from.changes(to: to), to: from) == to)
        #expect(try other.read() == to)
      }
      try other.apply(tcp.changes(to: PacketMarkState()), to: tcp)
      #expect(try table.read() == nil)
    }
  }
}

private let hasNFTables =
  (try? LibNLTransport(.netfilter)).map { (try? PacketMarkTable($0).generation()) != nil } ?? false
