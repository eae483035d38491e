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
    /// Left out where those that shrink would be cut to little; the highest first, never without a number.
    var yields: Int?
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
  /// Before it has less than this, others are left out.
  static let shrunkWidthWanted = 24
  private static let gap = "  "

  var columns: [Column]
  var rows: [Row] = []

  mutating func append(_ cells: Cell...) { rows.append(.cells(cells)) }

  /// Without the titles when every one is empty.
  func lines(on display: Display) -> [String] {
    var table = self
    while let room = display.width, table.leastWidth > room, table.leaveOutColumn() {}
    return table.allLines(on: display)
  }

  /// What the columns need with those that shrink as narrow as is wanted.
  private var leastWidth: Int {
    let widths = naturalWidths
    let least = columns.indices.map {
      columns[$0].shrinks ? min(widths[$0], max(Self.shrunkWidthWanted, minimum($0))) : widths[$0]
    }
    return least.reduce(0, +) + Self.gap.count * (columns.count - 1)
  }

  /// - Returns: whether there was one that may be.
  private mutating func leaveOutColumn() -> Bool {
    let yielding = columns.indices.filter { columns[$0].yields != nil }
    guard let first = yielding.max(by: { (columns[$0].yields ?? 0) < (columns[$1].yields ?? 0) }) else { return false }
    columns.remove(at: first)
    rows = rows.map { row in
      guard case .cells(var cells) = row, cells.indices.contains(first) else { return row }
      cells.remove(at: first)
      return .cells(cells)
    }
    return true
  }

  private func allLines(on display: Display) -> [String] {
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

  private var naturalWidths: [Int] {
    var widths = columns.map(\.title.count)
    for case .cells(let cells) in rows {
      for (index, cell) in cells.enumerated() { widths[index] = max(widths[index], cell.text.count) }
    }
    return widths
  }

  private func widths(on display: Display) -> [Int] {
    var widths = naturalWidths
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
      let text = Self.cut(cell.text, to: widths[index])
      let blanks = String(repeating: " ", count: widths[index] - text.count)
      let painted = display.paint(text, cell.color)
      if columns[index].alignment == .right { return blanks + painted }
      return index == last ? painted : painted + blanks
    }.joined(separator: Self.gap)
  }

  static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }
}
