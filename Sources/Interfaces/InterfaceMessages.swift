import LoadBalancing
import Netlink

/// Links and addresses in the messages of rtnetlink.
enum InterfaceMessages {
  /// Reads the payload of `RTM_NEWLINK`: `struct ifinfomsg` and attributes.
  static func link(_ payload: RawSpan) throws(NetlinkError) -> NetworkLink {
    let flags = try payload.integer(UInt32.self, at: 8)
    var link = NetworkLink(
      index: try payload.integer(at: 4), name: "", isUp: flags & RouteNetlink.LinkFlag.up != 0,
      hasCarrier: flags & RouteNetlink.LinkFlag.lowerUp != 0,
      isLoopback: flags & RouteNetlink.LinkFlag.loopback != 0,
      isEthernet: try payload.integer(UInt16.self, at: 2) == RouteNetlink.ethernet)
    try payload.forEachAttribute(from: 16) { type, value throws(NetlinkError) in
      switch type {
      case RouteNetlink.LinkAttribute.name: link.name = value.string()
      case RouteNetlink.LinkAttribute.mtu: link.mtu = try value.integer()
      case RouteNetlink.LinkAttribute.hardwareAddress:
        link.hardwareAddress = HardwareAddress(bytes: value.byteArray())
      default: break
      }
    }
    return link
  }

  /// Reads the payload of `RTM_NEWADDR`: `struct ifaddrmsg` and attributes; nil for another family.
  static func address(_ payload: RawSpan, names: [UInt32: String]) throws(NetlinkError) -> ObservedAddress? {
    guard let family = RouteNetlink.family(try payload.integer(at: 0)) else { return nil }
    let prefixLength = Int(try payload.integer(UInt8.self, at: 1))
    var flags = UInt32(try payload.integer(UInt8.self, at: 2))
    let index = try payload.integer(UInt32.self, at: 4)
    var local: IPAddress?
    var address: IPAddress?
    var isOurs = false
    try payload.forEachAttribute(from: 8) { type, value throws(NetlinkError) in
      switch type {
      case RouteNetlink.AddressAttribute.local: local = IPAddress(bytes: value.byteArray())
      case RouteNetlink.AddressAttribute.address: address = IPAddress(bytes: value.byteArray())
      case RouteNetlink.AddressAttribute.flags: flags = try value.integer()
      case RouteNetlink.AddressAttribute.origin: isOurs = try value.integer() == RouteNetlink.ourOrigin
      default: break
      }
    }
    // Where both are there, the other is the far end of a point-to-point link.
    guard let found = local ?? address, found.family == family, prefixLength <= family.addressBits,
      let name = names[index]
    else { return nil }
    let place = InterfaceAddress(address: found, prefixLength: prefixLength, interface: name)
    return ObservedAddress(place, isOurs: isOurs, flags: .init(rawValue: flags))
  }

  /// Reads the payload of `RTM_NEWNEIGH`: `struct ndmsg` and attributes; nil for one whose hardware address is not known.
  static func neighbour(_ payload: RawSpan) throws(NetlinkError) -> Neighbour? {
    var address: IPAddress?
    var hardware: HardwareAddress?
    try payload.forEachAttribute(from: 12) { type, value throws(NetlinkError) in
      switch type {
      case RouteNetlink.NeighbourAttribute.destination: address = IPAddress(bytes: value.byteArray())
      case RouteNetlink.NeighbourAttribute.hardwareAddress: hardware = HardwareAddress(bytes: value.byteArray())
      default: break
      }
    }
    guard let address, let hardware else { return nil }
    return Neighbour(address: address, hardware: hardware)
  }

  /// Appends the message that adds an address, tagged as ours, and IPv6 ready at once and never a source by itself.
  static func appendAddition(of place: InterfaceAddress, index: UInt32, to builder: inout MessageBuilder) {
    append(RouteNetlink.Message.newAddress, [.create, .exclusive], place, index, &builder) { builder in
      builder.attribute(RouteNetlink.AddressAttribute.origin, RouteNetlink.ourOrigin)
      guard place.address.family == .inet6 else { return }
      builder.attribute(RouteNetlink.AddressAttribute.flags, RouteNetlink.noDuplicateDetection)
      // struct ifa_cacheinfo: preferred for no time, valid for ever.
      builder.attribute(
        RouteNetlink.AddressAttribute.cacheInfo,
        bytes: [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8))
    }
  }

  static func appendRemoval(of place: InterfaceAddress, index: UInt32, to builder: inout MessageBuilder) {
    append(RouteNetlink.Message.deleteAddress, [], place, index, &builder)
  }

  private static func append(
    _ type: UInt16, _ flags: MessageFlags, _ place: InterfaceAddress, _ index: UInt32,
    _ builder: inout MessageBuilder, _ body: (inout MessageBuilder) -> Void = { _ in }
  ) {
    builder.address(
      type, flags: flags, family: RouteNetlink.number(of: place.address.family),
      prefixLength: UInt8(clamping: place.prefixLength), index: index
    ) { builder in
      builder.attribute(RouteNetlink.AddressAttribute.local, bytes: place.address.bytes)
      builder.attribute(RouteNetlink.AddressAttribute.address, bytes: place.address.bytes)
      body(&builder)
    }
  }
}
