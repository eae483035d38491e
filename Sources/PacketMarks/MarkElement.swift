import LoadBalancing
import Netlink

/// An element of a set, as bytes in registers.
struct MarkElement: Hashable {
  var set: MarkSet
  var key: [UInt8]
  /// Where the ranges of the fields end; nil in a set of single values.
  var keyEnd: [UInt8]?
  /// nil in a set without values, and not needed to remove an element.
  var value: [UInt8]?

  /// Appends the message that adds or removes the element.
  func append(_ message: NFTables.Message, to builder: inout MessageBuilder) {
    let adds = message == .newSetElement
    builder.nfTables(message, flags: adds ? .create : []) { builder in
      builder.attribute(NFTables.ElementAttribute.listTable, TableLayout.name)
      builder.attribute(NFTables.ElementAttribute.listSet, set.name)
      builder.nested(NFTables.ElementAttribute.listElements) { list in
        list.nested(NFTables.RuleAttribute.listElement) { element in
          element.data(NFTables.ElementAttribute.key, key)
          if let keyEnd { element.data(NFTables.ElementAttribute.keyEnd, keyEnd) }
          if adds, let value { element.data(NFTables.ElementAttribute.data, value) }
        }
      }
    }
  }

  /// Calls `body` with each element in the payload of a message that lists elements of this set.
  static func forEach(
    in payload: RawSpan, of set: MarkSet, _ body: (MarkElement) throws(NetlinkError) -> Void
  ) throws(NetlinkError) {
    try payload.forEachAttribute(from: 4) { type, list throws(NetlinkError) in
      guard type == NFTables.ElementAttribute.listElements else { return }
      try list.forEachAttribute { _, attributes throws(NetlinkError) in
        var element = MarkElement(set: set, key: [])
        try attributes.forEachAttribute { type, data throws(NetlinkError) in
          switch type {
          case NFTables.ElementAttribute.key: element.key = try value(data)
          case NFTables.ElementAttribute.keyEnd: element.keyEnd = try value(data)
          case NFTables.ElementAttribute.data: element.value = try value(data)
          default: break
          }
        }
        try body(element)
      }
    }
  }

  private static func value(_ data: RawSpan) throws(NetlinkError) -> [UInt8] {
    var bytes: [UInt8] = []
    try data.forEachAttribute { type, value throws(NetlinkError) in
      if type == NFTables.ElementAttribute.value { bytes = value.byteArray() }
    }
    return bytes
  }
}

extension MessageBuilder {
  /// Appends a value in the nested form of `NFTA_DATA_VALUE`.
  fileprivate mutating func data(_ type: UInt16, _ value: [UInt8]) {
    nested(type) { $0.attribute(NFTables.ElementAttribute.value, bytes: value) }
  }
}
