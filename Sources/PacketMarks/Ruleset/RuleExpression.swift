/// A part of a rule of anybody's, as far as it decides about packets.
///
/// Source: `linux/netfilter/nf_tables.h`.
enum RuleExpression: Hashable, Sendable {
  /// What is read out of a packet or of what the kernel knows about it.
  enum Field: Hashable, Sendable {
    case payload(base: UInt32, offset: Int, count: Int)
    case meta(UInt32)
    case connection(UInt32)
    /// `fib daddr type`
    case destinationKind
    case other
  }

  enum Verdict: Hashable, Sendable {
    case accept, drop, `continue`, `return`
    case jump(String)
    case goTo(String)
    /// To a program, or to where no rule sees it again.
    case away
  }

  case load(Field, into: Int)
  case immediate([UInt8], into: Int)
  case mask(from: Int, into: Int, mask: [UInt8], xor: [UInt8])
  case compare(Int, operation: UInt32, [UInt8])
  case range(Int, isInside: Bool, from: [UInt8], to: [UInt8])
  case lookUp(String, key: Int, into: Int?, isInverted: Bool)
  case verdict(Verdict)
  /// A match of iptables', with its revision's struct.
  case match(String, revision: UInt32, [UInt8])
  case counter(packets: UInt64)
  /// Connection tracking leaves the packet alone.
  case untracks
  /// Changes nothing about what becomes of the packet.
  case neutral
  /// Nobody knows whether the rule goes on after it.
  case uncertain

  /// `NFT_REG_VERDICT`
  static let verdictRegister = -1

  /// Where a register begins among the 64 bytes of all: four of 16 bytes, which are also sixteen of 4.
  private static func place(_ number: UInt32) -> Int {
    switch number {
    case 1...4: Int(number - 1) * 16
    case 8...23: Int(number - 8) * 4
    default: verdictRegister
    }
  }

  init(_ name: String, _ data: RuleAttributes) {
    func register(_ type: UInt16) -> Int { Self.place(data.number(type) ?? 0) }
    switch name {
    case "payload":
      guard data[5] == nil else {
        // Writes into the packet.
        self = .neutral
        return
      }
      let (offset, count) = (data.number(3) ?? 0, min(data.number(4) ?? 0, 64))
      self = .load(.payload(base: data.number(2) ?? .max, offset: Int(offset), count: Int(count)), into: register(1))
    case "meta": self = data[3] == nil ? .load(.meta(data.number(2) ?? .max), into: register(1)) : .neutral
    case "ct": self = data[4] == nil ? .load(.connection(data.number(2) ?? .max), into: register(1)) : .neutral
    case "fib":
      // NFT_FIB_RESULT_ADDRTYPE of NFTA_FIB_F_DADDR alone, or for one interface.
      let isKind = data.number(2) == 3 && (data.number(3) ?? 0) & 0x3 == 2
      self = .load(isKind ? .destinationKind : .other, into: register(1))
    case "immediate":
      let value = data.nested(2)
      self = value.verdict.map { .verdict($0) } ?? .immediate(value[1] ?? [], into: register(1))
    case "bitwise":
      // NFT_BITWISE_BOOL; shifts are rare.
      guard data.number(6) ?? 0 == 0 else {
        self = .load(.other, into: register(2))
        return
      }
      self = .mask(from: register(1), into: register(2), mask: data.nested(4)[1] ?? [], xor: data.nested(5)[1] ?? [])
    case "byteorder": self = .load(.other, into: register(2))
    case "cmp": self = .compare(register(1), operation: data.number(2) ?? 0, data.nested(3)[1] ?? [])
    case "range":
      self = .range(
        register(1), isInside: data.number(2) ?? 0 == 0, from: data.nested(3)[1] ?? [], to: data.nested(4)[1] ?? [])
    case "lookup":
      self = .lookUp(
        data.text(1), key: register(2), into: data[3].map { _ in register(3) },
        isInverted: (data.number(5) ?? 0) & 1 != 0)
    case "match": self = .match(data.text(1), revision: data.number(2) ?? 0, data[3] ?? [])
    case "target": self = Self.target(data.text(1))
    case "reject": self = .verdict(.drop)
    case "notrack": self = .untracks
    case "counter": self = .counter(packets: data.longNumber(2) ?? 0)
    case "log", "objref", "last", "dup", "secmark": self = .neutral
    case "limit", "connlimit", "quota", "dynset", "exthdr", "rt", "numgen", "hash", "xfrm", "osf", "socket", "tunnel",
      "inner":
      self = .uncertain
    default: self = .verdict(.away)
    }
  }

  /// A target of iptables': most only note something.
  static func target(_ name: String) -> RuleExpression {
    switch name {
    case "REJECT", "DROP": .verdict(.drop)
    case "CT", "NOTRACK": .untracks
    case "LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "CHECKSUM", "TCPMSS", "CLASSIFY", "DSCP", "TOS", "SECMARK",
      "CONNSECMARK":
      .neutral
    default: .verdict(.away)
    }
  }
}
