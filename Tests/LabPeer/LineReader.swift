import Glibc

/// Puts the bytes of a connection together to lines.
final class LineReader {
  private var partial: [UInt8] = []

  /// Reads what has arrived; false once the connection has ended.
  func read(from socket: Int32, _ line: (String) -> Void) -> Bool {
    let count = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
      let count = unsafe Glibc.read(socket, buffer.baseAddress, buffer.count)
      if count > 0 { unsafe partial.append(contentsOf: buffer[..<count]) }
      return count
    }
    if count < 0 { return errno == EAGAIN || errno == EINTR }
    while let end = partial.firstIndex(of: 10) {
      line(String(decoding: partial[..<end], as: UTF8.self))
      partial.removeSubrange(...end)
    }
    return count > 0 && partial.count < 65536
  }
}
