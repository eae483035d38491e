public import Netlink

/// rtnetlink behind the netlink seam: links and addresses at the level of attributes (`net/core/rtnetlink.c`,
/// `net/ipv4/devinet.c`); it has no routes.
public final class FakeRoutes: NetlinkTransport {
  /// An address as the kernel keeps it.
  public struct Address: Hashable {
    /// `AF_INET` 2 or `AF_INET6` 10.
    public var family: UInt8
    public var prefixLength: UInt8
    public var index: UInt32
    /// In network order.
    public var bytes: [UInt8]
    /// `IFA_PROTO`; 0 for none.
    public var origin: UInt8

    public init(family: UInt8 = 2, prefixLength: UInt8, index: UInt32, bytes: [UInt8], origin: UInt8 = 0) {
      self.family = family
      self.prefixLength = prefixLength
      self.index = index
      self.bytes = bytes
      self.origin = origin
    }
  }

  public var portID: UInt32 = 0x0003_1F90
  /// Names by index; all are up, with a hardware address that ends in the index.
  public var links: [UInt32: String]
  public var addresses: [Address]
  /// Of the rules of policy routing, IPv4's.
  public var routingMarks: [UInt32] = []
  /// As with `ipv6.disable=1`.
  public var lacksIPv6 = false
  /// What is said of every way that is asked for: ENETUNREACH.
  public var routeRefusal: Int32 = 101
  /// What goes wrong with the answers to the next datagrams, one entry each; afterwards all goes right.
  public var script: [FakeKernelMischief] = []
  /// Every datagram sent, as it was.
  public private(set) var sent: [[UInt8]] = []
  private var queue: [QueuedDatagram] = []

  public init(links: [UInt32: String] = [2: "eth0"], addresses: [Address] = []) {
    self.links = links
    self.addresses = addresses
  }

  public func send(_ bytes: [UInt8]) throws(NetlinkError) {
    sent.append(bytes)
    let mischief = script.isEmpty ? FakeKernelMischief() : script.removeFirst()
    let replies = FakeKernel.messages(in: bytes).flatMap { header, payload in
      FakeKernelReply.replies(
        to: header, Result { () throws(FakeKernelErrno) in try answer(header, payload) })
    }
    queue += mischief.datagrams(of: replies, port: portID)
  }

  public func receive(into buffer: inout [UInt8], deadline: ContinuousClock.Instant) throws(NetlinkError) -> Int {
    guard !queue.isEmpty else { throw NetlinkError(.timedOut, "receive from the fake kernel") }
    guard case .bytes(let bytes, _) = queue.removeFirst() else {
      throw NetlinkError(.repliesLost, "receive from the fake kernel")
    }
    buffer.replaceSubrange(0..<bytes.count, with: bytes)
    return bytes.count
  }

  private func answer(
    _ header: MessageHeader, _ payload: [UInt8]
  ) throws(FakeKernelErrno) -> [FakeKernelReply.Entry] {
    switch (header.type, header.flags.contains(.dump)) {
    case (18, true): return links.sorted { $0.key < $1.key }.map { link($0.key, $0.value) }
    case (18, false):
      let name = FakeKernelAttributes(payload, from: 16).string(3)
      guard let found = links.first(where: { $0.value == name }) else { throw FakeKernelErrno(19) }
      return [link(found.key, found.value)]
    case (22, true): return addresses.map { entry(for: $0) }
    case (26, true): return []
    case (26, false): throw FakeKernelErrno(routeRefusal)
    case (34, true):
      // fib_nl_dumprule of net/core/fib_rules.c
      if payload[0] == 10, lacksIPv6 { throw FakeKernelErrno(97) }
      return payload[0] == 2 ? routingMarks.map { rule($0) } : []
    case (20, _), (21, _):
      try change(payload, adds: header.type == 20)
      return []
    default: throw .notSupported
    }
  }

  private func change(_ payload: [UInt8], adds: Bool) throws(FakeKernelErrno) {
    let attributes = FakeKernelAttributes(payload, from: 8)
    let index = payload[4...7].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard links[index] != nil else { throw FakeKernelErrno(19) }
    let address = Address(
      family: payload[0], prefixLength: payload[1], index: index, bytes: attributes[2] ?? [],
      origin: attributes[11]?.first ?? 0)
    let place = addresses.firstIndex {
      ($0.family, $0.prefixLength, $0.index) == (address.family, address.prefixLength, address.index)
        && $0.bytes == address.bytes
    }
    if adds {
      guard place == nil else { throw .exists }
      addresses.append(address)
    } else {
      guard let place else { throw FakeKernelErrno(99) }
      addresses.remove(at: place)
    }
  }

  private func link(_ index: UInt32, _ name: String) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 16) { builder in
      builder.append(UInt32(1) << 16)
      builder.append(index)
      // IFF_UP | IFF_LOWER_UP
      builder.append(UInt32(0x10001))
      builder.append(UInt32(0))
      builder.attribute(3, name)
      builder.attribute(4, UInt32(1500))
      builder.attribute(1, bytes: [2, 0, 0, 0, 0, UInt8(truncatingIfNeeded: index)])
    }
  }

  private func rule(_ mark: UInt32) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 32) { builder in
      for word in [UInt32(2), 254, 0] { builder.append(word) }
      builder.attribute(10, mark)
      builder.attribute(16, UInt32.max)
    }
  }

  private func entry(for address: Address) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 20) { builder in
      builder.append(UInt32(address.family) | UInt32(address.prefixLength) << 8)
      builder.append(address.index)
      builder.attribute(1, bytes: address.bytes)
      if address.origin != 0 { builder.attribute(11, address.origin) }
    }
  }
}
