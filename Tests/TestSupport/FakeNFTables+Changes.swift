import Netlink

extension FakeNFTables {
  /// Acts on one message of a transaction.
  func change(_ header: MessageHeader, _ attributes: FakeKernelAttributes) throws(FakeKernelErrno) {
    switch header.type {
    case 0xA00:
      if table == nil { table = Table(userData: attributes[6] ?? []) }
      return
    case 0xA02:
      guard table != nil else { throw .notFound }
      table = nil
      return
    default: break
    }
    guard var changed = table else { throw .notFound }
    switch header.type {
    case 0xA03: changed.chains[attributes.string(3) ?? "", default: []] += []
    case 0xA05:
      guard changed.chains.removeValue(forKey: attributes.string(3) ?? "") != nil else { throw .notFound }
    case 0xA06:
      guard changed.chains[attributes.string(2) ?? ""]?.append(attributes[4] ?? []) != nil else { throw .notFound }
    case 0xA08:
      guard changed.chains.updateValue([], forKey: attributes.string(2) ?? "") != nil else { throw .notFound }
    case 0xA09: changed.sets[attributes.string(2) ?? ""] = []
    case 0xA0C: try changeElement(attributes, &changed, adds: true)
    case 0xA0E: try changeElement(attributes, &changed, adds: false)
    default: throw FakeKernelErrno(22)
    }
    table = changed
  }

  private func changeElement(
    _ attributes: FakeKernelAttributes, _ table: inout Table, adds: Bool
  ) throws(FakeKernelErrno) {
    guard let name = attributes.string(2), var elements = table.sets[name],
      let element = attributes.nested(3)?.nested(1)
    else { throw .notFound }
    func data(_ type: UInt16) -> [UInt8] { element.nested(type)?[1] ?? [] }
    let found = Element(key: data(1), keyEnd: data(10), value: data(2))
    if adds {
      if elements.contains(found) { return }
      guard !elements.contains(where: { FakeNFTables.overlap($0, found) }) else { throw FakeKernelErrno(17) }
      elements.append(found)
    } else {
      guard let index = elements.firstIndex(where: { $0.key == found.key && $0.keyEnd == found.keyEnd }) else {
        throw .notFound
      }
      elements.remove(at: index)
    }
    table.sets[name] = elements
  }

  /// Right where all fields but the last are single values.
  private static func overlap(_ left: Element, _ right: Element) -> Bool {
    func end(_ element: Element) -> [UInt8] { element.keyEnd.isEmpty ? element.key : element.keyEnd }
    return !end(left).lexicographicallyPrecedes(right.key) && !end(right).lexicographicallyPrecedes(left.key)
  }
}
