extension Duration {
  /// For messages: `0.4 ms`, `12 ms`, `3 s`, `1.25 s`.
  var text: String {
    let (seconds, attoseconds) = components
    guard seconds > 0 else {
      return Self.decimal((attoseconds + 50_000_000_000_000) / 100_000_000_000_000, scale: 10) + " ms"
    }
    return Self.decimal(seconds * 100 + (attoseconds + 5_000_000_000_000_000) / 10_000_000_000_000_000, scale: 100)
      + " s"
  }

  /// The number divided by the scale, 10 or 100, without zeros at the end.
  private static func decimal(_ scaled: Int64, scale: Int64) -> String {
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: scale)
    guard fraction != 0 else { return "\(whole)" }
    guard scale == 100, fraction % 10 != 0 else { return "\(whole).\(fraction * 10 / scale)" }
    return fraction < 10 ? "\(whole).0\(fraction)" : "\(whole).\(fraction)"
  }
}
