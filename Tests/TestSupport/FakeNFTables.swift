public import Netlink

/// nf_tables behind the netlink seam: one table of family inet at the level of attributes, transactions that apply
/// wholly or not at all, the generation counter (`net/netfilter/nf_tables_api.c`).
public final class FakeNFTables: NetlinkTransport {
  /// An element of a set, as bytes in registers.
  public struct Element: Hashable {
    public var key: [UInt8]
    public var keyEnd: [UInt8]
    public var value: [UInt8]

    public init(key: [UInt8], keyEnd: [UInt8] = [], value: [UInt8] = []) {
      self.key = key
      self.keyEnd = keyEnd
      self.value = value
    }
  }

  public struct Table {
    public var userData: [UInt8]
    public var sets: [String: [Element]] = [:]
    /// The rules of each chain, each as its expressions: the payload of `NFTA_RULE_EXPRESSIONS`.
    public var chains: [String: [[UInt8]]] = [:]
  }

  public var portID: UInt32 = 0x0002_1F90
  public var table: Table?
  public var generation: UInt32 = 1
  /// What goes wrong with the answers to the next datagrams, one entry each; afterwards all goes right.
  public var script: [FakeKernelMischief] = []
  /// Called before each datagram is answered: where somebody else changes nf_tables.
  public var beforeAnswering: (FakeNFTables) -> Void = { _ in }
  /// Every datagram sent, as it was.
  public private(set) var sent: [[UInt8]] = []
  private var queue: [QueuedDatagram] = []

  public init() {}

  /// The message types of the last datagram, without subsystem.
  public var lastTypes: [UInt8] {
    sent.last.map { FakeKernel.messages(in: $0).map { UInt8(truncatingIfNeeded: $0.header.type) } } ?? []
  }

  public func send(_ bytes: [UInt8]) throws(NetlinkError) {
    sent.append(bytes)
    beforeAnswering(self)
    let mischief = script.isEmpty ? FakeKernelMischief() : script.removeFirst()
    let messages = FakeKernel.messages(in: bytes)
    let isTransaction = messages.first?.header.type == 0x10
    let replies =
      isTransaction
      ? commit(Array(messages.dropFirst().dropLast()))
      : messages.flatMap { FakeKernelReply.replies(to: $0.header, answer($0.header, $0.payload)) }
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

  private func commit(_ messages: [(header: MessageHeader, payload: [UInt8])]) -> [FakeKernelReply] {
    let before = table
    var acknowledgements: [FakeKernelReply] = []
    var hasFailed = false
    for (header, payload) in messages {
      let result = Result { () throws(FakeKernelErrno) in
        try change(header, FakeKernelAttributes(payload, from: 4))
        return [FakeKernelReply.Entry]()
      }
      if case .failure = result { hasFailed = true }
      acknowledgements += FakeKernelReply.replies(to: header, result)
    }
    guard !hasFailed else {
      table = before
      return acknowledgements
    }
    generation &+= 1
    guard let first = messages.first?.header, first.flags.contains(.echo) else { return acknowledgements }
    let notification = FakeKernelReply(entry: generationEntry, flags: [], sequence: first.sequence)
    return [notification] + acknowledgements
  }

  private var generationEntry: FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 0xA0F) { [generation] builder in
      builder.netfilterHeader(resource: UInt16(truncatingIfNeeded: generation))
      builder.attribute(1, generation.bigEndian)
    }
  }

  private func answer(
    _ header: MessageHeader, _ payload: [UInt8]
  ) -> Result<[FakeKernelReply.Entry], FakeKernelErrno> {
    let attributes = FakeKernelAttributes(payload, from: 4)
    if header.type == 0xA10 { return .success([generationEntry]) }
    guard let table, attributes.string(1) == "lbd" else { return .failure(.notFound) }
    switch header.type {
    case 0xA01:
      return .success([
        FakeKernelReply.Entry(type: 0xA00) {
          $0.netfilterHeader(family: 1)
          $0.attribute(1, "lbd")
          $0.attribute(6, bytes: table.userData)
        }
      ])
    case 0xA07:
      return .success(table.chains.flatMap { name, rules in rules.map { rule($0, of: name) } })
    case 0xA0D:
      guard let name = attributes.string(2), let elements = table.sets[name] else { return .failure(.notFound) }
      return .success(elements.map { entry(for: $0, of: name) })
    default: return .failure(FakeKernelErrno(22))
    }
  }

  private func rule(_ expressions: [UInt8], of chain: String) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 0xA06) {
      $0.netfilterHeader(family: 1)
      $0.attribute(1, "lbd")
      $0.attribute(2, chain)
      $0.attribute(4, bytes: expressions)
    }
  }

  private func entry(for element: Element, of set: String) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: 0xA0C) { builder in
      builder.netfilterHeader(family: 1)
      builder.attribute(1, "lbd")
      builder.attribute(2, set)
      builder.nested(3) { list in
        list.nested(1) { attributes in
          attributes.nested(1) { $0.attribute(1, bytes: element.key) }
          if !element.keyEnd.isEmpty { attributes.nested(10) { $0.attribute(1, bytes: element.keyEnd) } }
          if !element.value.isEmpty { attributes.nested(2) { $0.attribute(1, bytes: element.value) } }
        }
      }
    }
  }
}
