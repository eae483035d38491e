/// Shows one text in place of the one before where that is possible, else one below the other.
struct Screen {
  var session: Session

  func show(_ answer: some Encodable, _ lines: (Display) -> [String]) {
    guard session.display.isTerminal, !session.printsJSON else {
      session.showOne(answer) { lines($0) + [""] }
      return
    }
    let display = session.display.measured()
    var lines = lines(display)
    // A line more than the terminal has would move all of them.
    if let height = display.height, lines.count >= height {
      let shown = max(height - 2, 0)
      lines = lines.prefix(shown) + ["… and \(lines.count - shown) more lines"]
    }
    // ECMA-48: to the corner, each line with its old rest erased, then everything below; clearing first would flicker.
    // Meanwhile (DECAWM) what is too long for a line is not continued on the next.
    let text = lines.map { $0 + "\u{1B}[K\n" }.joined()
    session.console.draw("\u{1B}[?7l\u{1B}[H\(text)\u{1B}[J\u{1B}[?7h")
  }
}
