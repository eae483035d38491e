import LoadBalancing
import Testing

@testable import Interfaces

struct InterfaceSnapshotTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  private func place(_ text: String, _ prefixLength: Int, _ interface: String) throws -> InterfaceAddress {
    InterfaceAddress(address: try address(text), prefixLength: prefixLength, interface: interface)
  }

  private func snapshot() throws -> InterfaceSnapshot {
    InterfaceSnapshot(
      links: [
        NetworkLink(index: 2, name: "eth0"), NetworkLink(index: 3, name: "eth1"),
        NetworkLink(index: 4, name: "eth2", isUp: false),
      ],
      addresses: [
        ObservedAddress(try place("10.0.0.1", 8, "eth0")),
        ObservedAddress(try place("10.1.0.1", 16, "eth2")),
        ObservedAddress(try place("10.1.0.2", 16, "eth1")),
        ObservedAddress(try place("192.168.7.7", 32, "eth1")),
        ObservedAddress(try place("10.0.0.254", 8, "eth0"), isOurs: true),
        ObservedAddress(try place("2001:db8::1", 64, "eth1")),
      ],
      defaultInterfaces: [.inet: "eth0"])
  }

  @Test(arguments: [
    ("10.2.3.4", "eth0"), ("10.1.3.4", "eth1"), ("192.168.7.7", "eth0"), ("172.16.0.1", "eth0"),
    ("2001:db8::77", "eth1"), ("2001:db9::77", nil),
  ])
  func `an address belongs to the narrowest subnet, else to the default route`(
    text: String, interface: String?
  ) throws {
    #expect(try snapshot().interface(holding: address(text)) == interface)
  }

  @Test(arguments: [
    ("10.0.0.1", true), ("10.1.0.2", true), ("192.168.7.7", false), ("10.0.0.254", false), ("10.0.0.9", false),
  ])
  func `an interface's own address has a subnet and is not ours`(text: String, isOwn: Bool) throws {
    #expect(try snapshot().isOwnAddress(address(text)) == isOwn)
  }

  @Test func `where the kernel keeps no tag, the caller knows what is ours`() throws {
    let ours = try place("10.0.0.1", 8, "eth0")
    #expect(try !snapshot().isOwnAddress(ours.address, besides: [ours]))
  }

  @Test func `an address is held with its prefix length, by its interface`() throws {
    let snapshot = try snapshot()
    #expect(try snapshot.holds(place("192.168.7.7", 32, "eth1")))
    #expect(try !snapshot.holds(place("192.168.7.7", 32, "eth0")))
    #expect(try snapshot.holds(address("192.168.7.7")))
    #expect(try !snapshot.holds(address("192.168.7.8")))
  }
}
