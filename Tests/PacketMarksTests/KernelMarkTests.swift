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
      var state = PacketMarkState()
      try table.apply([], creating: true)
      #expect(try table.read() == state)
      for _ in 0..<20 {
        let next = PacketMarkState.random()
        try table.apply(state.changes(to: next))
        #expect(try table.read() == next)
        #expect(try !table.hasForeignChanges())
        state = next
      }
      let other = PacketMarkTable(try LibNLTransport(.netfilter))
      try other.apply(PacketMarkState().changes(to: state), creating: true)
      #expect(try table.hasForeignChanges())
      #expect(try other.read() == state)
      try other.remove()
      #expect(try table.read() == nil)
    }
  }
}

private let hasNFTables =
  (try? LibNLTransport(.netfilter)).map { (try? PacketMarkTable($0).generation()) != nil } ?? false
