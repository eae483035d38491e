import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import Interfaces

/// The same against this machine's kernel, where it allows a network namespace: the loopback interface will do.
@Suite(.enabled(if: NetworkNamespace.isAvailable))
struct KernelInterfaceTests {
  @Test func `addresses come and go, and what is so already is told apart`() async throws {
    try await NetworkNamespace.run {
      let table = InterfaceTable(try LibNLTransport(.route, strictChecking: true))
      let monitor = try InterfaceMonitor()
      #expect(try table.read().link(named: "lo")?.isLoopback == true)
      #expect(try table.routes(to: [IPAddress(family: .inet, value: 0x0A00_0001)]) == [:])
      #expect(try !monitor.takeChanges())

      let virtual = InterfaceAddress(virtual: IPAddress(family: .inet, value: 0x0A00_0001), interface: "lo")
      let floating = InterfaceAddress(
        address: IPAddress(family: .inet, value: 0x0A00_00FE), prefixLength: 24, interface: "lo")
      let additions = [virtual, floating].map { InterfaceChange.addAddress($0) }
      #expect(try table.apply(additions) == InterfaceOutcome())
      #expect(try monitor.takeChanges())
      #expect(try table.apply(additions) == InterfaceOutcome(alreadySo: additions))

      let snapshot = try table.read()
      #expect(snapshot.holds(virtual) && snapshot.holds(floating))
      #expect(!snapshot.isOwnAddress(floating.address, besides: [floating]))

      let removals = [virtual, floating].map { InterfaceChange.removeAddress($0) }
      #expect(try table.apply(removals) == InterfaceOutcome())
      #expect(try table.apply(removals) == InterfaceOutcome(alreadySo: removals))
    }
  }

  @Test func `an interface that is not there is a failure of its change alone`() async throws {
    try await NetworkNamespace.run {
      let table = InterfaceTable(try LibNLTransport(.route))
      let address = IPAddress(family: .inet, value: 0x0A00_0001)
      let changes = ["nosuchlink0", "lo", "a-name-that-is-far-too-long"].map {
        InterfaceChange.addAddress(InterfaceAddress(virtual: address, interface: $0))
      }
      let outcome = try table.apply(changes)
      #expect(outcome.failures.map(\.change) == [changes[0], changes[2]])
      #expect(
        outcome.failures[0].description == """
          cannot add 10.0.0.1/32 on nosuchlink0: No such device (ENODEV, errno 19); \
          there is no interface nosuchlink0; `ip link` lists those that are there
          """)
    }
  }
}
