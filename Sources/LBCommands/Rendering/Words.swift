import ControlAPI

/// Short texts that several renderers use.
enum Words {
  /// `2 services`, `1 service`
  static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// The two largest units: `3 d 4 h`, `2 min 5 s`.
  static func span(seconds: Int64) -> String {
    let parts: [(Int64, String)] = [
      (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  /// `999 B`, `1.2 kB`, `34 MB`: two digits at least.
  static func bytes(_ count: UInt64) -> String {
    var (value, units) = (Double(count), ["B", "kB", "MB", "GB", "TB", "PB"][...])
    while value >= 999.5, units.count > 1 {
      value /= 1000
      units.removeFirst()
    }
    let tenths = (value * 10).rounded()
    let number = count < 1000 || tenths >= 100 ? "\(Int(value.rounded()))" : "\(tenths / 10)"
    return "\(number) \(units.first ?? "B")"
  }

  /// An address with a port, IPv6 in brackets; without port when that is 0.
  static func endpoint(_ address: String, port: UInt16) -> String {
    guard port > 0 else { return address }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }

  /// `S/R`, `S`, or nothing.
  static func subject(service: String?, server: String?) -> String {
    [service, server].compactMap { $0 }.joined(separator: "/")
  }

  /// Lines that are no longer than this, as far as single words are not.
  static func wrapped(_ text: String, indented indent: String = "", width: Int?) -> [String] {
    guard let width else { return [indent + text] }
    var lines: [String] = []
    var line = indent
    for word in text.split(separator: " ") {
      if line.count > indent.count, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
      }
      line += (line.count > indent.count ? " " : "") + word
    }
    return lines + [line]
  }
}
