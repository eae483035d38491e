import Glibc
import LoadBalancing
import Netlink

/// Addresses, families and netmasks as IPVS writes them.
extension IPVSWire {
  static func family(_ family: AddressFamily) -> UInt16 {
    UInt16(family == .inet ? AF_INET : AF_INET6)
  }

  static func family(_ number: UInt16) throws(NetlinkError) -> AddressFamily {
    switch Int32(number) {
    case AF_INET: return .inet
    case AF_INET6: return .inet6
    default: throw malformed("address family \(number)")
    }
  }

  /// 16 bytes in network order, an IPv4 address in the first four (`union nf_inet_addr`).
  static func address(_ address: IPAddress) -> UInt128 {
    (address.family == .inet ? address.value << 96 : address.value).bigEndian
  }

  static func address(_ bits: UInt128, _ family: AddressFamily) -> IPAddress {
    IPAddress(family: family, value: family == .inet ? bits >> 96 : bits)
  }

  /// IPv4: the mask in network order; IPv6: the prefix length as a number in host order.
  static func netmask(prefixLength: Int, _ family: AddressFamily) -> UInt32 {
    guard family == .inet else { return UInt32(clamping: prefixLength) }
    let hostBits = 32 - min(max(prefixLength, 0), 32)
    return hostBits == 32 ? 0 : (UInt32.max << UInt32(hostBits)).bigEndian
  }

  static func prefixLength(netmask: UInt32, _ family: AddressFamily) -> Int {
    guard family == .inet else { return Int(netmask) }
    let mask = UInt32(bigEndian: netmask)
    let length = (~mask).leadingZeroBitCount
    return IPVSWire.netmask(prefixLength: length, .inet) == netmask ? length : -1
  }

  static func malformed(_ detail: String) -> NetlinkError {
    NetlinkError(.malformedReply, "read the IPVS table", detail: detail)
  }
}
