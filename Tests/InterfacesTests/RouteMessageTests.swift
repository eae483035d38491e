import LoadBalancing
import Netlink
import Testing

@testable import Interfaces

/// Messages of rtnetlink against literal bytes.
struct RouteMessageTests {
  @Test func `an IPv4 address is added with our tag`() throws {
    let place = InterfaceAddress(virtual: IPAddress(family: .inet, value: 0x0A0A_5AC7), interface: "eth0")
    var builder = MessageBuilder()
    InterfaceMessages.appendAddition(of: place, index: 7, to: &builder)
    #expect(
      builder.bytes == [
        48, 0, 0, 0, 20, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0, 0,  // length, RTM_NEWADDR, CREATE|EXCL
        2, 32, 0, 0, 7, 0, 0, 0,  // AF_INET, prefix length, flags, scope, index
        8, 0, 2, 0, 10, 10, 90, 199,  // IFA_LOCAL
        8, 0, 1, 0, 10, 10, 90, 199,  // IFA_ADDRESS
        5, 0, 11, 0, 0x6C, 0, 0, 0,  // IFA_PROTO
      ])
  }

  @Test func `an IPv6 address is ready at once and never preferred`() throws {
    let address = IPAddress(family: .inet6, value: 0x2001_0DB8 << 96 | 5)
    var builder = MessageBuilder()
    InterfaceMessages.appendAddition(of: InterfaceAddress(virtual: address, interface: "eth0"), index: 7, to: &builder)
    #expect(
      Array(builder.bytes.dropFirst(16)) == [
        10, 128, 0, 0, 7, 0, 0, 0,  // AF_INET6, prefix length, flags, scope, index
        20, 0, 2, 0, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,  // IFA_LOCAL
        20, 0, 1, 0, 0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,  // IFA_ADDRESS
        5, 0, 11, 0, 0x6C, 0, 0, 0,  // IFA_PROTO
        8, 0, 8, 0, 2, 0, 0, 0,  // IFA_FLAGS: NODAD
        20, 0, 6, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0,  // IFA_CACHEINFO
      ])
  }

  @Test func `an address is removed by itself and its length`() {
    let place = InterfaceAddress(
      address: IPAddress(family: .inet, value: 0xC0A8_64FE), prefixLength: 24, interface: "eth0")
    var builder = MessageBuilder()
    InterfaceMessages.appendRemoval(of: place, index: 7, to: &builder)
    #expect(
      builder.bytes == [
        40, 0, 0, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // length, RTM_DELADDR
        2, 24, 0, 0, 7, 0, 0, 0,  // AF_INET, prefix length, flags, scope, index
        8, 0, 2, 0, 192, 168, 100, 254,  // IFA_LOCAL
        8, 0, 1, 0, 192, 168, 100, 254,  // IFA_ADDRESS
      ])
  }

  @Test func `a point-to-point address is the near end`() throws {
    let payload: [UInt8] = [
      2, 32, 0x80, 0, 7, 0, 0, 0,  // AF_INET, prefix length, flags, scope, index
      8, 0, 1, 0, 10, 0, 0, 2,  // IFA_ADDRESS: the far end
      8, 0, 2, 0, 10, 0, 0, 1,  // IFA_LOCAL
      8, 0, 8, 0, 0x80, 0x02, 0, 0,  // IFA_FLAGS
      5, 0, 11, 0, 0x6C, 0, 0, 0,  // IFA_PROTO
    ]
    let span = unsafe payload.span.bytes
    let found = try #require(try InterfaceMessages.address(span, names: [7: "ppp0"]))
    let place = InterfaceAddress(virtual: IPAddress(family: .inet, value: 0x0A00_0001), interface: "ppp0")
    #expect(found == ObservedAddress(place, isOurs: true, flags: .init(rawValue: 0x280)))
    #expect(try InterfaceMessages.address(span, names: [:]) == nil)
  }

  @Test func `a link is read with its flags`() throws {
    let payload: [UInt8] = [
      0, 0, 1, 0, 7, 0, 0, 0, 0x03, 0x10, 0x01, 0, 0, 0, 0, 0,  // ARPHRD_ETHER, index, IFF_UP|BROADCAST|…|LOWER_UP
      9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,  // IFLA_IFNAME "eth0"
      8, 0, 4, 0, 0xDC, 5, 0, 0,  // IFLA_MTU 1500
      10, 0, 1, 0, 2, 0, 0, 0, 0, 0x55, 0, 0,  // IFLA_ADDRESS
    ]
    let link = try InterfaceMessages.link(unsafe payload.span.bytes)
    #expect(
      link
        == NetworkLink(
          index: 7, name: "eth0", hardwareAddress: HardwareAddress(bytes: [2, 0, 0, 0, 0, 0x55]), mtu: 1500))
  }

  @Test func `a default route may have several next hops`() throws {
    let payload: [UInt8] = [
      2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0,  // AF_INET, /0, main table, RTN_UNICAST
      8, 0, 15, 0, 254, 0, 0, 0,  // RTA_TABLE
      8, 0, 6, 0, 100, 0, 0, 0,  // RTA_PRIORITY
      20, 0, 9, 0, 16, 0, 0, 0, 3, 0, 0, 0, 8, 0, 5, 0, 10, 0, 0, 1,  // RTA_MULTIPATH: one hop by interface 3
    ]
    let route = try RouteMessage(unsafe payload.span.bytes)
    #expect(route.isDefault)
    #expect(route.interfaceIndex == 3)
    #expect(route.priority == 100)
  }

  @Test func `a message cut short is malformed, never a trap`() {
    let payload: [UInt8] = [2, 32, 0x80, 0, 7, 0, 0, 0, 8, 0, 1, 0, 10, 0, 0, 2]
    for length in [0, 1, 3, 7, 9, 10, 11, 15] {
      #expect(throws: NetlinkError.self) {
        let cut = Array(payload.prefix(length))
        _ = try InterfaceMessages.address(unsafe cut.span.bytes, names: [7: "eth0"])
      }
    }
  }
}
