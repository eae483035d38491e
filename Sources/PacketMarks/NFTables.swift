import Netlink

/// Numbers of the nf_tables protocol.
///
/// Source: `linux/netfilter/nfnetlink.h`, `linux/netfilter/nf_tables.h`, `linux/netfilter.h`.
enum NFTables {
  /// `NFNL_SUBSYS_NFTABLES`
  static let subsystem: UInt16 = 10
  /// `NFPROTO_INET`: a table for both families.
  static let inetFamily: UInt8 = 1
  /// `NF_ACCEPT`
  static let accept: UInt32 = 1

  /// `NFNL_MSG_BATCH_…`
  enum Batch {
    static let begin: UInt16 = 0x10
    static let end: UInt16 = 0x11
  }

  /// `enum nf_tables_msg_types`
  enum Message: UInt16 {
    case newTable = 0
    case getTable = 1
    case deleteTable = 2
    case newChain = 3
    case getChain = 4
    case deleteChain = 5
    case newRule = 6
    case getRule = 7
    case deleteRule = 8
    case newSet = 9
    case getSet = 10
    case newSetElement = 12
    case getSetElement = 13
    case deleteSetElement = 14
    case newGeneration = 15
    case getGeneration = 16

    /// The netlink message type: the subsystem in the high byte.
    var type: UInt16 { NFTables.subsystem << 8 | rawValue }
  }

  /// `NFTA_TABLE_…`
  enum TableAttribute {
    static let name: UInt16 = 1
    static let flags: UInt16 = 2
    static let userData: UInt16 = 6
  }

  /// `NFTA_CHAIN_…` and `NFTA_HOOK_…`
  enum ChainAttribute {
    static let table: UInt16 = 1
    static let name: UInt16 = 3
    static let hook: UInt16 = 4
    static let policy: UInt16 = 5
    static let type: UInt16 = 7
    static let hookNumber: UInt16 = 1
    static let hookPriority: UInt16 = 2
  }

  /// `NFTA_RULE_…`, `NFTA_LIST_ELEM` and `NFTA_EXPR_…`
  enum RuleAttribute {
    static let table: UInt16 = 1
    static let chain: UInt16 = 2
    static let expressions: UInt16 = 4
    static let userData: UInt16 = 7
    static let listElement: UInt16 = 1
    static let expressionName: UInt16 = 1
    static let expressionData: UInt16 = 2
  }

  /// `NFTA_SET_…`, `NFTA_SET_DESC_CONCAT` and `NFTA_SET_FIELD_LEN`
  enum SetAttribute {
    static let table: UInt16 = 1
    static let name: UInt16 = 2
    static let flags: UInt16 = 3
    static let keyType: UInt16 = 4
    static let keyLength: UInt16 = 5
    static let dataType: UInt16 = 6
    static let dataLength: UInt16 = 7
    static let description: UInt16 = 9
    static let id: UInt16 = 10
    static let userData: UInt16 = 13
    static let descriptionConcatenation: UInt16 = 2
    static let fieldLength: UInt16 = 1
  }

  /// `NFT_SET_…`
  enum SetFlags {
    static let interval: UInt32 = 0x04
    static let map: UInt32 = 0x08
    static let concatenation: UInt32 = 0x80
  }

  /// `NFTA_SET_ELEM_LIST_…`, `NFTA_SET_ELEM_…` and `NFTA_DATA_VALUE`
  enum ElementAttribute {
    static let listTable: UInt16 = 1
    static let listSet: UInt16 = 2
    static let listElements: UInt16 = 3
    static let key: UInt16 = 1
    static let data: UInt16 = 2
    static let keyEnd: UInt16 = 10
    static let value: UInt16 = 1
  }

  /// `NFTA_GEN_ID`
  static let generationID: UInt16 = 1
}

extension MessageBuilder {
  /// Appends a message of nf_tables with its `struct nfgenmsg`.
  mutating func nfTables(
    _ message: NFTables.Message, flags: MessageFlags = [], family: UInt8 = NFTables.inetFamily,
    _ body: (inout MessageBuilder) -> Void = { _ in }
  ) {
    self.message(type: message.type, flags: flags.union(.request)) { builder in
      builder.append(family)
      builder.append(UInt8(0))
      builder.append(UInt16(0))
      body(&builder)
    }
  }

  /// Appends a message that begins or ends a transaction of nf_tables.
  mutating func nfTablesBatch(_ type: UInt16, flags: MessageFlags = []) {
    message(type: type, flags: flags.union(.request)) { builder in
      builder.append(UInt16(0))
      builder.append(NFTables.subsystem.bigEndian)
    }
  }
}
