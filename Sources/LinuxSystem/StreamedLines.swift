import Glibc

/// The lines of a text file, read a piece at a time so that the file's size does not matter.
///
/// Blocks, so not for the cooperative pool.
public struct StreamedLines: ~Copyable {
  private static let pieceBytes = 64 * 1024

  private let path: String
  private let lineBytesMax: Int
  private let file: OwnedDescriptor
  private var piece = [UInt8](repeating: 0, count: pieceBytes)
  /// The beginning of a line whose end has not been read yet.
  private var begun: [UInt8] = []

  /// Opens the file.
  ///
  /// - Throws: ``SystemError`` with errno of open(2).
  public init(_ path: String, lineBytesMax: Int = 4096) throws(SystemError) {
    self.path = path
    self.lineBytesMax = lineBytesMax
    file = OwnedDescriptor(
      try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) })
  }

  /// Makes one read(2) and hands on the lines that it completes, without their ends.
  ///
  /// - Returns: false once the file has ended.
  /// - Throws: ``SystemError`` with errno of read(2), EFBIG for a line of more than `lineBytesMax`.
  public mutating func readPiece(_ body: (ArraySlice<UInt8>) -> Void) throws(SystemError) -> Bool {
    let descriptor = file.rawValue
    let path = path
    let count = try systemCall("read \(path)") { unsafe Glibc.read(descriptor, &piece, piece.count) }
    guard count > 0 else {
      if !begun.isEmpty { body(begun[...]) }
      begun = []
      return false
    }
    var rest = piece[..<count]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      if begun.isEmpty {
        body(rest[..<end])
      } else {
        begun += rest[..<end]
        body(begun[...])
        begun.removeAll(keepingCapacity: true)
      }
      rest = rest[(end + 1)...]
    }
    begun += rest
    guard begun.count <= lineBytesMax else { throw SystemError("read \(path)", errno: EFBIG) }
    return true
  }
}
