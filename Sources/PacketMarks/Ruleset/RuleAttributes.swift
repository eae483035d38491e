import Netlink

/// Attributes by their type, read once; of several of one type the last.
struct RuleAttributes {
  private var values: [UInt16: [UInt8]] = [:]

  init() {}

  init(_ bytes: [UInt8]) {
    // What the kernel says is well formed; what is not has no attributes.
    try? unsafe bytes.span.bytes.forEachAttribute { type, value in values[type] = value.byteArray() }
  }

  subscript(type: UInt16) -> [UInt8]? { values[type] }

  func nested(_ type: UInt16) -> RuleAttributes { values[type].map(RuleAttributes.init) ?? RuleAttributes() }

  /// The values in an attribute that holds a list, whose types are all the same.
  func list(_ type: UInt16) -> [[UInt8]] {
    let bytes = values[type] ?? []
    var found: [[UInt8]] = []
    try? unsafe bytes.span.bytes.forEachAttribute { _, value in found.append(value.byteArray()) }
    return found
  }

  /// In network order, as all of nf_tables' numbers.
  func number(_ type: UInt16) -> UInt32? {
    values[type].flatMap { $0.count == 4 ? $0.reduce(0) { $0 << 8 | UInt32($1) } : nil }
  }

  func longNumber(_ type: UInt16) -> UInt64? {
    values[type].flatMap { $0.count == 8 ? $0.reduce(0) { $0 << 8 | UInt64($1) } : nil }
  }

  func text(_ type: UInt16) -> String { String(decoding: (values[type] ?? []).prefix { $0 != 0 }, as: UTF8.self) }

  /// Of `NFTA_DATA_VERDICT`: `NF_…` and `NFT_…` codes.
  var verdict: RuleExpression.Verdict? {
    guard values[2] != nil else { return nil }
    let data = nested(2)
    return switch Int32(bitPattern: data.number(1) ?? 0) {
    case 0: .drop
    case 1: .accept
    case -1, -2: .continue
    case -3: .jump(data.text(2))
    case -4: .goTo(data.text(2))
    case -5: .return
    default: .away
    }
  }
}
