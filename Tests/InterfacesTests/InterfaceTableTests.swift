import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import Interfaces

struct InterfaceTableTests {
  private let kernel = FakeRoutes(links: [2: "eth0", 3: "eth1"])
  private let table: InterfaceTable

  init() { table = InterfaceTable(kernel) }

  private func place(_ last: UInt128, _ prefixLength: Int = 32, on interface: String = "eth0") -> InterfaceAddress {
    InterfaceAddress(
      address: IPAddress(family: .inet, value: 0x0A00_0000 + last), prefixLength: prefixLength, interface: interface)
  }

  @Test func `what others and we put there is read and told apart`() throws {
    kernel.addresses = [.init(prefixLength: 24, index: 3, bytes: [10, 0, 0, 1])]
    #expect(try table.apply([.addAddress(place(9))]) == InterfaceOutcome())
    let snapshot = try table.read()
    #expect(snapshot.links.map(\.name) == ["eth0", "eth1"])
    #expect(
      snapshot.addresses == [
        ObservedAddress(place(1, 24, on: "eth1")), ObservedAddress(place(9), isOurs: true),
      ])
    #expect(snapshot.hardwareAddresses.map(\.description).sorted() == ["02:00:00:00:00:02", "02:00:00:00:00:03"])
  }

  @Test func `a kernel that was started without IPv6 has the marks of IPv4's rules`() throws {
    kernel.routingMarks = [7]
    #expect(try table.routingMarks() == [RoutingMark(value: 7, mask: .max)])
    kernel.lacksIPv6 = true
    #expect(try table.routingMarks() == [RoutingMark(value: 7, mask: .max)])
  }

  @Test func `a thousand addresses are a few datagrams`() throws {
    let additions = (1...1_000).map { InterfaceChange.addAddress(place($0)) }
    #expect(try table.apply(additions) == InterfaceOutcome())
    #expect(kernel.addresses.count == 1_000)
    #expect(kernel.sent.count < 8)
  }

  @Test(arguments: [3, 13, 22, 95, 97, 101, 113])
  func `whatever kind of route leads nowhere, it is no way`(errno: Int32) throws {
    kernel.routeRefusal = errno
    #expect(try table.routes(to: [place(9).address]) == [:])
    kernel.routeRefusal = 12
    #expect(throws: NetlinkError.self) { try table.routes(to: [place(9).address]) }
  }

  @Test func `what is so already is no failure`() throws {
    _ = try table.apply([.addAddress(place(9))])
    let changes: [InterfaceChange] = [
      .addAddress(place(9)), .removeAddress(place(8)), .removeAddress(place(9, on: "gone")), .addAddress(place(7)),
    ]
    #expect(try Set(table.apply(changes).alreadySo) == Set(changes[0...2]))
    #expect(kernel.addresses.count == 2)
  }

  @Test func `a list that changes while it is read is read again, not for ever`() throws {
    kernel.script = [FakeKernelMischief { $0.flags = .dumpInterrupted }]
    #expect(try table.read().links.count == 2)
    kernel.script = Array(repeating: FakeKernelMischief { $0.flags = .dumpInterrupted }, count: 20)
    let error = #expect(throws: NetlinkError.self) { try table.read() }
    #expect(error?.code == .dumpInterrupted)
  }
}
