import Glibc
import Testing

@testable import LinuxSystem

@Suite struct StreamedLinesTests {
  private func lines(of text: String, lineBytesMax: Int = 4096) throws -> [String] {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/lines"
    try AtomicFile.write(Array(text.utf8), to: path, permissions: 0o600)
    var file = try StreamedLines(path, lineBytesMax: lineBytesMax)
    var lines: [String] = []
    while try file.readPiece({ lines.append(String(decoding: $0, as: UTF8.self)) }) {}
    return lines
  }

  @Test func linesAreWholeWhereverAPieceEnds() throws {
    let wanted = (0..<20_000).map { "line \($0) of a file longer than one piece" }
    #expect(try lines(of: wanted.joined(separator: "\n") + "\n") == wanted)
  }

  @Test func theLastLineNeedsNoEnd() throws { #expect(try lines(of: "a\n\nb") == ["a", "", "b"]) }

  @Test func aLineWithoutEndIsNotCollected() {
    #expect(throws: SystemError.self) { try lines(of: String(repeating: "x", count: 100_000)) }
  }

  @Test func aFileThatIsNotThere() {
    let error = #expect(throws: SystemError.self) { _ = try StreamedLines("/nowhere/lines") }
    #expect(error?.errno == ENOENT)
  }
}
