import Netlink

extension MarkSet {
  /// Appends the message that makes the set.
  func appendCreation(to builder: inout MessageBuilder) {
    var flags: UInt32 = 0
    if isRanged { flags |= NFTables.SetFlags.interval | NFTables.SetFlags.concatenation }
    if value != nil { flags |= NFTables.SetFlags.map }
    builder.nfTables(.newSet, flags: .create) { builder in
      builder.attribute(NFTables.SetAttribute.table, TableLayout.name)
      builder.attribute(NFTables.SetAttribute.name, name)
      builder.attribute(NFTables.SetAttribute.flags, flags.bigEndian)
      // Types mean nothing to the kernel, they are for nft(8): six bits for each field.
      builder.attribute(NFTables.SetAttribute.keyType, key.reduce(0) { $0 << 6 | $1.rawValue }.bigEndian)
      builder.attribute(NFTables.SetAttribute.keyLength, UInt32(keyLength).bigEndian)
      if let value {
        builder.attribute(NFTables.SetAttribute.dataType, value.rawValue.bigEndian)
        builder.attribute(NFTables.SetAttribute.dataLength, UInt32(value.length).bigEndian)
      }
      builder.attribute(NFTables.SetAttribute.id, rawValue.bigEndian)
      if isRanged {
        builder.nested(NFTables.SetAttribute.description) { description in
          description.nested(NFTables.SetAttribute.descriptionConcatenation) { fields in
            for field in key {
              fields.nested(NFTables.RuleAttribute.listElement) {
                $0.attribute(NFTables.SetAttribute.fieldLength, UInt32(field.length).bigEndian)
              }
            }
          }
        }
      }
      builder.attribute(NFTables.SetAttribute.userData, bytes: byteOrders)
    }
  }

  /// The byte orders for nft(8), which would print marks in reverse without: `NFTNL_UDATA_SET_KEYBYTEORDER` and
  /// `…_DATABYTEORDER` of libnftnl's `udata.h`, each with nft's 1 for host order or 2 for network order.
  private var byteOrders: [UInt8] {
    func entry(_ type: UInt8, _ field: Field) -> [UInt8] {
      [type, 4] + UInt32(field.isHostOrder ? 1 : 2).hostOrderBytes
    }
    return (key.count > 1 ? [] : entry(0, key[0])) + (value.map { entry(1, $0) } ?? [])
  }
}
