import Director
import LinuxSystem
import LoadBalancing
import Netlink
import PacketMarks
import TestSupport
import Testing

@Suite struct LinuxKernelTests {
  private func selector(_ port: UInt16) -> PacketMarkSelector {
    PacketMarkSelector(
      address: IPAddress(family: .inet, value: 0x0A0A_5AC7), protocolNumber: 6, ports: port...port)
  }

  @Test func `marks join those of a table that was never looked at`() async throws {
    let held = PacketMarkChange.setMark(selector(104), 1, replacing: nil)
    let unused = { @Sendable () throws(NetlinkError) -> any NetlinkTransport in FakeNFTables() }
    let kernel = LinuxKernel(
      executor: try ThreadExecutor(name: "kernel"), counting: try ThreadExecutor(name: "counters"),
      loop: try EpollLoop(), openGeneric: unused,
      openNetfilter: { () throws(NetlinkError) in
        let fake = FakeNFTables()
        _ = try! PacketMarkTable(fake).apply([held], to: nil)
        return fake
      }, openRoute: unused)
    #expect(try await kernel.apply([.packetMark(.setMark(selector(105), 2, replacing: nil))]).isEmpty)
    #expect(try await kernel.packetMarks()?.marks == [selector(104): 1, selector(105): 2])
  }
}
