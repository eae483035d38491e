import Testing

@testable import LBCommands

@Suite struct TableTests {
  private func table() -> Table {
    var table = Table(columns: [
      .init(title: "NAME", shrinks: true), .init(title: "N", alignment: .right), .init(title: "TEXT", shrinks: true),
    ])
    table.append("a name of some length", "1", "a text that is even longer than the name")
    table.append("b", "1000", "")
    return table
  }

  @Test func columnsAreAligned() {
    #expect(
      table().lines(on: Display()) == [
        "NAME                      N  TEXT",
        "a name of some length     1  a text that is even longer than the name",
        "b                      1000",
      ])
  }

  @Test func theWidestColumnShrinksFirst() {
    let lines = table().lines(on: Display(width: 50))
    #expect(
      lines == [
        "NAME                      N  TEXT",
        "a name of some length     1  a text that is even …",
        "b                      1000",
      ])
  }

  @Test(arguments: 0...80) func linesFitWhereTheyCan(width: Int) {
    let narrowest = 8 + 2 + 4 + 2 + 8
    for line in table().lines(on: Display(width: width)) {
      #expect(line.count <= max(width, narrowest))
    }
  }

  @Test func coloursDoNotCountAsWidth() {
    var table = Table(columns: [.init(title: "A"), .init(title: "B")])
    table.append(Table.Cell("x", .red), Table.Cell("y", .green))
    #expect(
      table.lines(on: Display(width: 10, hasColors: true)) == [
        "\u{1B}[2mA\u{1B}[0m  \u{1B}[2mB\u{1B}[0m", "\u{1B}[31mx\u{1B}[0m  \u{1B}[32my\u{1B}[0m",
      ])
  }
}
