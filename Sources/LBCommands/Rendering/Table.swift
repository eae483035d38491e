/// Rows of cells in aligned columns that fit the display.
struct Table {
  struct Column {
    enum Alignment {
      case left
      case right
    }

    var title: String
    var alignment: Alignment = .left
    /// Whether it becomes narrower where the display is, and its texts are cut.
    var shrinks = false
  }

  struct Cell: ExpressibleByStringLiteral {
    var text: String
    var color: Color?

    init(_ text: String, _ color: Color? = nil) {
      self.text = text
      self.color = color
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  /// A row of the table, or a line that keeps to no column.
  enum Row {
    case cells([Cell])
    case line(String)
  }

  /// A column that shrinks keeps this much.
  static let shrunkWidthMin = 8
  private static let gap = "  "

  var columns: [Column]
  var rows: [Row] = []

  mutating func append(_ cells: Cell...) { rows.append(.cells(cells)) }

  /// Without the titles when every one is empty.
  func lines(on display: Display) -> [String] {
    let widths = widths(on: display)
    let titles = Row.cells(columns.map { Cell($0.title, .faint) })
    let hasTitles = columns.contains { !$0.title.isEmpty }
    return ((hasTitles ? [titles] : []) + rows).map { row in
      switch row {
      case .cells(let cells): line(cells, widths: widths, display)
      case .line(let text): text
      }
    }
  }

  private func widths(on display: Display) -> [Int] {
    var widths = columns.map(\.title.count)
    for case .cells(let cells) in rows {
      for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], cell.text.count) }
    }
    guard let room = display.width else { return widths }
    var excess = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - room
    while excess > 0 {
      let candidates = columns.indices.filter { columns[$0].shrinks && widths[$0] > minimum($0) }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func minimum(_ column: Int) -> Int { max(columns[column].title.count, Self.shrunkWidthMin) }

  private func line(_ cells: [Cell], widths: [Int], _ display: Display) -> String {
    // Blanks at the end of a line would wrap on a narrow terminal.
    let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
    return cells[...last].enumerated().map { index, cell in
      let text = cut(cell.text, to: widths[index])
      let blanks = String(repeating: " ", count: widths[index] - text.count)
      let painted = display.paint(text, cell.color)
      if columns[index].alignment == .right { return blanks + painted }
      return index == last ? painted : painted + blanks
    }.joined(separator: Self.gap)
  }

  private func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }
}
