extension MessageBuilder {
  /// Appends the header of a generic netlink message (`struct genlmsghdr` in `linux/genetlink.h`), 4 bytes.
  @inlinable
  public mutating func genericHeader(command: UInt8, version: UInt8 = 1) {
    append(UInt32(command) | UInt32(version) << 8)
  }

  /// Appends the header of a netfilter message (`struct nfgenmsg` in `linux/netfilter/nfnetlink.h`), 4 bytes.
  public mutating func netfilterHeader(family: UInt8 = 0, version: UInt8 = 0, resource: UInt16 = 0) {
    append(UInt32(family) | UInt32(version) << 8 | UInt32(resource.bigEndian) << 16)
  }
}
