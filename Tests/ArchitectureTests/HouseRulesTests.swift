import Testing

/// Rules of the house that neither compiler nor formatter knows.
@Suite struct HouseRulesTests {
  private let linesMax = 400
  /// Marks of what must not be in a source file, as text so far as text can tell.
  private let forbidden = ["try!", "as!", "TODO", "FIXME", "XXX", "unsafelyUnwrapped", "import Foundation\n"]

  @Test func filesStaySmall() throws {
    for file in try SourceTree().files {
      #expect(file.lines.count <= linesMax, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test func nothingForbiddenIsWritten() throws {
    for file in try SourceTree().files {
      for (number, line) in file.lines.enumerated() {
        for mark in forbidden where (line + "\n").contains(mark) {
          Issue.record("\(file.path):\(number + 1) has \(mark.trimmingSuffix("\n"))")
        }
      }
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
    hasSuffix(suffix) ? dropLast(suffix.count) : self[...]
  }
}
