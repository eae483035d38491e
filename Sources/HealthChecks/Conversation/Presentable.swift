/// What comes from servers, made fit for messages.
enum Presentable {
  /// Longer messages are cut.
  static let messageScalarsMax = 300
  private static let quoteBytesMax = 100

  /// One line of bounded length without characters that a terminal or a log could take for commands.
  static func message(_ text: String) -> String {
    if isPlain(text) { return text }
    var clean = String.UnicodeScalarView()
    for (number, scalar) in text.unicodeScalars.enumerated() {
      guard number < messageScalarsMax else {
        clean.append("…")
        break
      }
      clean.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    return String(clean)
  }

  /// Whether it may stay as it is, as nearly all do.
  private static func isPlain(_ text: String) -> Bool {
    guard text.utf8.count <= messageScalarsMax else { return false }
    var text = text
    return text.withUTF8 { bytes in unsafe bytes.allSatisfy { (0x20..<0x7F).contains($0) } }
  }

  /// The first bytes of a server's answer in quotation marks.
  static func quote(_ bytes: some Collection<UInt8>) -> String {
    let shown = bytes.prefix(quoteBytesMax)
    let text = String(decoding: shown, as: UTF8.self)
    return "'\(message(text))\(shown.count < bytes.count ? "…" : "")'"
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
    default: true
    }
  }
}
