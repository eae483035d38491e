import LoadBalancing

/// One rule, policy, or beginning of a chain.
struct LegacyEntry {
  private let family: AddressFamily
  private let bytes: [UInt8]
  private let layout: Layout
  /// Where it begins in the table, and the next one.
  let start: Int
  var end: Int { start + bytes.count }

  /// Where things are in `struct ipt_entry` and `struct ip6t_entry`.
  private struct Layout {
    let addressBytes: Int
    let names: Int
    let protocolNumber: Int
    let flags: Int
    let inversions: Int
    let targetOffset: Int
    let counter: Int
    let size: Int
    /// Of the network header: source and destination.
    let sourceInPacket: Int
    /// `IPT_F_GOTO`, `IP6T_F_GOTO`
    let goTo: UInt8
    /// Of the flags: what is asked besides, of fragments (IPv4) or the type of service (IPv6).
    let others: UInt8

    static let inet = Layout(
      addressBytes: 4, names: 16, protocolNumber: 80, flags: 82, inversions: 83, targetOffset: 88, counter: 96,
      size: 112, sourceInPacket: 12, goTo: 0x02, others: 0x01)
    static let inet6 = Layout(
      addressBytes: 16, names: 64, protocolNumber: 128, flags: 131, inversions: 132, targetOffset: 140, counter: 152,
      size: 168, sourceInPacket: 8, goTo: 0x04, others: 0x02)
  }

  /// Of a match or a target: size, name, revision.
  private static let extensionHeader = 32

  static func all(in table: [UInt8], family: AddressFamily) -> [LegacyEntry] {
    let layout = family == .inet ? Layout.inet : Layout.inet6
    var entries: [LegacyEntry] = []
    var start = 0
    while start + layout.size <= table.count {
      let length = Int(table.half(start + layout.targetOffset + 2))
      guard length >= layout.size, start + length <= table.count else { break }
      entries.append(.init(family: family, bytes: Array(table[start..<start + length]), layout: layout, start: start))
      start += length
    }
    return entries
  }

  private var targetStart: Int { Int(bytes.half(layout.targetOffset)) }

  private var targetName: String { name(at: targetStart) }

  private func name(at start: Int) -> String {
    guard start + Self.extensionHeader <= bytes.count else { return "" }
    return String(decoding: bytes[(start + 2)..<(start + 31)].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The chain that begins behind it.
  var chainName: String? {
    guard targetName == "ERROR" else { return nil }
    return String(decoding: bytes[(targetStart + Self.extensionHeader)...].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// What becomes of a packet that matches.
  ///
  /// - Parameter names: of the chains, by where they begin.
  func verdict(_ names: [Int: String]) -> RuleExpression.Verdict? {
    guard targetName.isEmpty, targetStart + Self.extensionHeader + 4 <= bytes.count else { return nil }
    // XT_STANDARD_TARGET: a verdict as -NF_… - 1, XT_RETURN, or where it goes on.
    let number = Int32(bitPattern: bytes.word(targetStart + Self.extensionHeader))
    switch number {
    case -1: return .drop
    case -2: return .accept
    case -5: return .return
    case ..<0: return .away
    default:
      if Int(number) == end { return .continue }
      guard let name = names[Int(number)] else { return .away }
      return bytes[layout.flags] & layout.goTo != 0 ? .goTo(name) : .jump(name)
    }
  }

  func expressions(_ names: [Int: String]) -> [RuleExpression] {
    var result = conditions
    // `struct xt_counters`: packets, bytes.
    let packets = UInt64(bytes.word(layout.counter)) | UInt64(bytes.word(layout.counter + 4)) << 32
    var place = layout.size
    while place + Self.extensionHeader <= targetStart {
      let length = Int(bytes.half(place))
      guard length >= Self.extensionHeader, place + length <= targetStart else { return [.uncertain] }
      result.append(
        .match(
          name(at: place), revision: UInt32(bytes[place + 31]),
          Array(bytes[(place + Self.extensionHeader)..<(place + length)])))
      place += length
    }
    return result + [.counter(packets: packets), verdict(names).map { .verdict($0) } ?? .target(targetName)]
  }

  /// Addresses, interfaces and protocol.
  private var conditions: [RuleExpression] {
    let inversions = bytes[layout.inversions]
    let width = layout.addressBytes
    var result: [RuleExpression] = []
    func compare(_ field: RuleExpression.Field, at value: Int, mask: Int, count: Int, inverted: UInt8) {
      let maskBytes = Array(bytes[mask..<mask + count])
      guard maskBytes.contains(where: { $0 != 0 }) else { return }
      result += [
        .load(field, into: 0),
        .mask(from: 0, into: 0, mask: maskBytes, xor: [UInt8](repeating: 0, count: count)),
        // Of `eth+`, the name holds the sign too.
        .compare(
          0, operation: inversions & inverted == 0 ? 0 : 1,
          zip(bytes[value..<value + count], maskBytes).map { $0 & $1 }),
      ]
    }
    // IPT_INV_SRCIP and so on; NFT_PAYLOAD_NETWORK_HEADER, NFT_META_IIFNAME and NFT_META_OIFNAME.
    let network = RuleExpression.Field.payload(base: 1, offset: layout.sourceInPacket, count: width)
    compare(network, at: 0, mask: 2 * width, count: width, inverted: 0x08)
    compare(
      .payload(base: 1, offset: layout.sourceInPacket + width, count: width), at: width, mask: 3 * width, count: width,
      inverted: 0x10)
    compare(.meta(6), at: layout.names, mask: layout.names + 32, count: 16, inverted: 0x01)
    compare(.meta(7), at: layout.names + 16, mask: layout.names + 48, count: 16, inverted: 0x02)
    let number = bytes.half(layout.protocolNumber)
    if number != 0 {
      result += [
        .load(.meta(16), into: 0),
        .compare(0, operation: inversions & 0x40 == 0 ? 0 : 1, [UInt8(truncatingIfNeeded: number)]),
      ]
    }
    if bytes[layout.flags] & layout.others != 0 { result.append(.uncertain) }
    return result
  }
}

extension [UInt8] {
  /// Numbers in the order of this machine's memory.
  func half(_ place: Int) -> UInt16 {
    UInt16(littleEndian: UInt16(self[place]) | UInt16(self[place + 1]) << 8)
  }

  func word(_ place: Int) -> UInt32 { UInt32(hostOrderBytes: Array(self[place..<place + 4])) ?? 0 }
}
