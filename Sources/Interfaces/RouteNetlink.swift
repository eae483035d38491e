import LoadBalancing
import Netlink

/// Numbers of rtnetlink.
///
/// Source: `linux/rtnetlink.h`, `linux/if_link.h`, `linux/if_addr.h`, `net/if.h`.
enum RouteNetlink {
  /// `RTM_…`
  enum Message {
    static let newLink: UInt16 = 16
    static let getLink: UInt16 = 18
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let getRoute: UInt16 = 26
    static let newNeighbour: UInt16 = 28
    static let getNeighbour: UInt16 = 30
    static let newRule: UInt16 = 32
    static let getRule: UInt16 = 34
  }

  /// `RTNLGRP_…`
  enum Group {
    static let link: UInt32 = 1
    static let ipv4Address: UInt32 = 5
    static let ipv6Address: UInt32 = 9
  }

  /// `IFLA_…`
  enum LinkAttribute {
    static let hardwareAddress: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
  }

  /// `IFF_…`
  enum LinkFlag {
    static let up: UInt32 = 0x1
    static let loopback: UInt32 = 0x8
    static let lowerUp: UInt32 = 0x10000
  }

  /// `ARPHRD_ETHER` of `linux/if_arp.h`
  static let ethernet: UInt16 = 1

  /// `IFA_…`
  enum AddressAttribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let cacheInfo: UInt16 = 6
    static let flags: UInt16 = 8
    static let origin: UInt16 = 11
  }

  /// `IFA_F_NODAD`: no duplicate-address detection.
  static let noDuplicateDetection: UInt32 = 0x02
  /// Our tag in `IFA_PROTO`; the kernel itself uses 1 to 3.
  static let ourOrigin: UInt8 = 0x6C

  /// `RTA_…`
  enum RouteAttribute {
    static let destination: UInt16 = 1
    static let outputInterface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let preferredSource: UInt16 = 7
    static let metrics: UInt16 = 8
    static let multipath: UInt16 = 9
    static let table: UInt16 = 15
  }

  /// `RTAX_MTU`
  static let mtuMetric: UInt16 = 2

  /// `NDA_…` in `linux/neighbour.h`
  enum NeighbourAttribute {
    static let destination: UInt16 = 1
    static let hardwareAddress: UInt16 = 2
  }

  /// `FRA_…` in `linux/fib_rules.h`
  enum RuleAttribute {
    static let mark: UInt16 = 10
    static let mask: UInt16 = 16
  }

  /// `RT_TABLE_MAIN`
  static let mainTable: UInt32 = 254
  /// `RTN_UNICAST` and `RTN_LOCAL`
  static let unicast: UInt8 = 1
  static let local: UInt8 = 2

  /// `AF_INET` and `AF_INET6`
  static func number(of family: AddressFamily) -> UInt8 { family == .inet ? 2 : 10 }

  static func family(_ number: UInt8) -> AddressFamily? { number == 2 ? .inet : number == 10 ? .inet6 : nil }
}

extension MessageBuilder {
  /// Appends a request with a `struct ifinfomsg`, 16 bytes.
  mutating func linkRequest(_ body: (inout MessageBuilder) -> Void = { _ in }) {
    message(type: RouteNetlink.Message.getLink) { builder in
      builder.append(UInt64(0))
      builder.append(UInt64(0))
      body(&builder)
    }
  }

  /// Appends a message with a `struct ifaddrmsg`, 8 bytes.
  mutating func address(
    _ type: UInt16, flags: MessageFlags = [], family: UInt8 = 0, prefixLength: UInt8 = 0, index: UInt32 = 0,
    _ body: (inout MessageBuilder) -> Void = { _ in }
  ) {
    message(type: type, flags: flags) { builder in
      builder.append(UInt32(family) | UInt32(prefixLength) << 8)
      builder.append(index)
      body(&builder)
    }
  }

  /// Appends a request with a `struct fib_rule_hdr`, 12 bytes, that names only the family.
  mutating func ruleRequest(family: UInt8) {
    message(type: RouteNetlink.Message.getRule) { builder in
      builder.append(UInt32(family))
      builder.append(UInt64(0))
    }
  }

  /// Appends a request with a `struct ndmsg`, 12 bytes.
  mutating func neighbourRequest() {
    message(type: RouteNetlink.Message.getNeighbour) { builder in
      builder.append(UInt32(0))
      builder.append(UInt64(0))
    }
  }

  /// Appends a request with a `struct rtmsg`, 12 bytes.
  mutating func routeRequest(
    family: UInt8, destinationLength: UInt8 = 0, table: UInt8 = 0, _ body: (inout MessageBuilder) -> Void = { _ in }
  ) {
    message(type: RouteNetlink.Message.getRoute) { builder in
      builder.append(UInt32(family) | UInt32(destinationLength) << 8)
      builder.append(UInt32(table))
      builder.append(UInt32(0))
      body(&builder)
    }
  }
}
