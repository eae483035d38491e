extension Duration {
  /// For messages: `0.4 ms`, `12 ms`, `3 s`, `1.25 s`.
  var text: String {
    if self < .seconds(1) {
      let tenths = (attoseconds + 50_000_000_000_000) / 100_000_000_000_000
      return Self.decimal(tenths, digits: 1) + " ms"
    }
    let hundredths = (attoseconds + 5_000_000_000_000_000) / 10_000_000_000_000_000
    return Self.decimal(hundredths, digits: 2) + " s"
  }

  /// The number divided by ten to the power of the digits, without zeros at the end.
  private static func decimal(_ scaled: Int128, digits: Int) -> String {
    var (whole, fraction) = (String(scaled), "")
    while whole.count <= digits { whole = "0" + whole }
    fraction = String(whole.suffix(digits))
    whole.removeLast(digits)
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? whole : "\(whole).\(fraction)"
  }
}
