public import LoadBalancing

/// One change of the table `inet lbd`.
public enum PacketMarkChange: Hashable, Sendable {
  /// Marks packets; `replacing` is the mark that these packets got until now, nil when they got none.
  case setMark(PacketMarkSelector, UInt32, replacing: UInt32?)
  /// Marks them no more; the value is the mark that they got.
  case removeMark(PacketMarkSelector, UInt32)
  /// Translates the source of marked packets; `replacing` is what was done until now, nil when nothing was.
  case setSourceTranslation(SourceTranslation.Key, SourceTranslation, replacing: SourceTranslation?)
  /// Translates it no more; the value is what was done.
  case removeSourceTranslation(SourceTranslation.Key, SourceTranslation)
  case addMasquerade(OutboundMasquerade)
  case removeMasquerade(OutboundMasquerade)
  /// Removes a table that is not as lbd makes it, where none is wanted.
  case removeTable
}

extension PacketMarkChange: CustomStringConvertible {
  /// `mark 10.10.90.199 tcp 104 with 4097`
  public var description: String {
    switch self {
    case .setMark(let selector, let mark, _): "mark \(selector) with \(mark)"
    case .removeMark(let selector, let mark): "stop marking \(selector) with \(mark)"
    case .setSourceTranslation(let key, let value, _): "translate the source of \(key): \(value)"
    case .removeSourceTranslation(let key, let value): "stop translating the source of \(key): \(value)"
    case .addMasquerade(let value): "masquerade \(value.source) on \(value.interface)"
    case .removeTable: "remove the table inet \(TableLayout.name), which is not as lbd makes it"
    case .removeMasquerade(let value): "stop masquerading \(value.source) on \(value.interface)"
    }
  }
}
