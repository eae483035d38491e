/// The bytes from a server that nobody has read yet.
struct ReplyBuffer {
  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to where there is no line end.
  private var searched = 0

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }

  /// Everything that is there, with indices of its own.
  var unread: ArraySlice<UInt8> { bytes[start...] }

  mutating func append(_ more: [UInt8]) {
    if start > 0 {
      bytes.removeSubrange(..<start)
      searched = max(searched - start, 0)
      start = 0
    }
    bytes += more
  }

  /// Puts a datagram in the place of the one before.
  mutating func replace(by datagram: [UInt8]) { self = ReplyBuffer(datagram) }

  mutating func removeAll() { self = ReplyBuffer() }

  /// The byte at this place, counted from the first unread one; nil when it has not come.
  func byte(at offset: Int) -> UInt8? {
    offset >= 0 && offset < count ? bytes[start + offset] : nil
  }

  /// A big-endian number at this place; nil when not all of it has come.
  func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self, at offset: Int) -> Value? {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, count >= size, offset <= count - size else { return nil }
    return bytes[(start + offset)..<(start + offset + size)].reduce(0) { $0 << 8 | Value($1) }
  }

  /// Takes this many bytes; nil when they have not all come.
  mutating func take(_ length: Int) -> [UInt8]? {
    guard length >= 0, length <= count else { return nil }
    defer { start += length }
    return Array(bytes[start..<(start + length)])
  }

  /// Takes everything.
  mutating func takeAll() -> [UInt8] {
    defer { removeAll() }
    return Array(unread)
  }

  /// Takes a line without its end, LF or CR LF; nil when the end has not come.
  mutating func line() -> [UInt8]? {
    guard let end = bytes[max(searched, start)...].firstIndex(of: 0x0A) else {
      searched = bytes.count
      return nil
    }
    let line = bytes[start..<end]
    start = end + 1
    searched = start
    return Array(line.last == 0x0D ? line.dropLast() : line)
  }
}
