import Netlink

/// A 32-bit register of nf_tables, by its place among the sixteen.
struct Register {
  var word: UInt32
  init(_ word: UInt32) { self.word = word }

  /// `NFT_REG32_00` and those after it.
  var number: UInt32 { 8 + word }
}

/// What `meta` reads and writes (`NFT_META_…` in `linux/netfilter/nf_tables.h`).
enum MetaKey: UInt32 {
  case mark = 3
  case outputInterfaceName = 7
  /// Of the socket that sends; ends the rule for packets without one.
  case socketUserID = 10
  case networkFamily = 15
  case transportProtocol = 16
}

/// Where `payload` counts from (`NFT_PAYLOAD_…_HEADER`).
enum PayloadBase: UInt32 {
  case network = 1
  case transport = 2
}

/// `NFT_CMP_…`
enum Comparison: UInt32 {
  case equal = 0
  case notEqual = 1
  case greaterOrEqual = 5
}

/// The expressions of our rules, each with its attributes of `linux/netfilter/nf_tables.h` in the order of their numbers.
extension MessageBuilder {
  mutating func load(_ key: MetaKey, into register: Register) {
    expression("meta") { builder in
      builder.attribute(1, register.number.bigEndian)
      builder.attribute(2, key.rawValue.bigEndian)
    }
  }

  mutating func store(_ register: Register, in key: MetaKey) {
    expression("meta") { builder in
      builder.attribute(2, key.rawValue.bigEndian)
      builder.attribute(3, register.number.bigEndian)
    }
  }

  /// Ends the rule for packets for which the comparison does not hold.
  mutating func compare(_ register: Register, _ comparison: Comparison, _ value: [UInt8]) {
    expression("cmp") { builder in
      builder.attribute(1, register.number.bigEndian)
      builder.attribute(2, comparison.rawValue.bigEndian)
      builder.nested(3) { $0.attribute(NFTables.ElementAttribute.value, bytes: value) }
    }
  }

  mutating func payload(_ base: PayloadBase, offset: UInt32, byteCount: UInt32, into register: Register) {
    expression("payload") { builder in
      builder.attribute(1, register.number.bigEndian)
      builder.attribute(2, base.rawValue.bigEndian)
      builder.attribute(3, offset.bigEndian)
      builder.attribute(4, byteCount.bigEndian)
    }
  }

  /// Leaves of a register the bits of `mask`: `NFT_BITWISE_BOOL`, AND and then XOR with 0. Of four bytes, because the
  /// kernel is faster with them than with one (`nft_bitwise_fast_ops` in `net/netfilter/nft_bitwise.c`).
  mutating func mask(_ register: Register, with mask: [UInt8]) {
    expression("bitwise") { builder in
      builder.attribute(1, register.number.bigEndian)
      builder.attribute(2, register.number.bigEndian)
      builder.attribute(3, UInt32(mask.count).bigEndian)
      builder.nested(4) { $0.attribute(NFTables.ElementAttribute.value, bytes: mask) }
      builder.nested(5) { $0.attribute(NFTables.ElementAttribute.value, bytes: mask.map { _ in 0 }) }
    }
  }

  /// Ends the chain for the packet: `NFTA_DATA_VERDICT` into `NFT_REG_VERDICT`.
  mutating func accept() {
    expression("immediate") { builder in
      builder.attribute(1, UInt32(0).bigEndian)
      builder.nested(2) { data in
        data.nested(2) { $0.attribute(1, NFTables.accept.bigEndian) }
      }
    }
  }

  /// Looks the registers from `key` on up in a set, and puts what a map has for them into `result`.
  mutating func lookUp(_ key: Register, in set: MarkSet, into result: Register? = nil) {
    expression("lookup") { builder in
      builder.attribute(1, set.name)
      builder.attribute(2, key.number.bigEndian)
      if let result { builder.attribute(3, result.number.bigEndian) }
      builder.attribute(4, set.rawValue.bigEndian)
    }
  }

  mutating func masquerade() {
    expression("masq") { _ in }
  }

  /// `NFT_NAT_SNAT` for one family (`NFPROTO_…`) to the address in a register.
  mutating func translateSource(family: UInt8, to register: Register) {
    expression("nat") { builder in
      builder.attribute(1, UInt32(0).bigEndian)
      builder.attribute(2, UInt32(family).bigEndian)
      builder.attribute(3, register.number.bigEndian)
    }
  }

  /// The kind of the destination address (`RTN_…`): `NFT_FIB_RESULT_ADDRTYPE` with `NFTA_FIB_F_DADDR`.
  mutating func loadDestinationKind(into register: Register) {
    expression("fib") { builder in
      builder.attribute(1, register.number.bigEndian)
      builder.attribute(2, UInt32(3).bigEndian)
      builder.attribute(3, UInt32(2).bigEndian)
    }
  }

  private mutating func expression(_ name: String, _ body: (inout MessageBuilder) -> Void) {
    nested(NFTables.RuleAttribute.listElement) { builder in
      builder.attribute(NFTables.RuleAttribute.expressionName, name)
      builder.nested(NFTables.RuleAttribute.expressionData, body)
    }
  }
}
