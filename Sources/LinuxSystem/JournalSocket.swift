import CLinux
import Glibc

/// systemd's journal as the log of this process, with fields of its own.
///
/// Source: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
public final class JournalSocket: Sendable {
  public typealias Field = (name: String, value: String)

  public static let defaultPath = "/run/systemd/journal/socket"

  private let path: String
  private let socket: OwnedDescriptor

  /// - Throws: ``SystemError`` when there is no descriptor left.
  public init(path: String = JournalSocket.defaultPath) throws(SystemError) {
    self.path = path
    socket = try UnixSocket.datagram()
  }

  /// Sends one entry, without waiting for room.
  ///
  /// - Parameter fields: names of capital letters, digits and underscores, not beginning with one.
  /// - Throws: ``SystemError`` with errno of sendto(2): EAGAIN, EMSGSIZE, ENOENT, …; nothing has arrived then.
  public func send(_ fields: [Field]) throws(SystemError) {
    try UnixSocket.send(Self.entry(fields), to: path, over: socket)
  }

  /// `NAME=value` on a line; a value with line ends behind its name and its length, 64 bits, least byte first.
  static func entry(_ fields: [Field]) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    var bytes: [UInt8] = []
    for (name, value) in fields {
      bytes += name.utf8
      if value.utf8.contains(newline) {
        bytes.append(newline)
        let length = UInt64(value.utf8.count)
        for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * UInt64(place)))) }
      } else {
        bytes.append(UInt8(ascii: "="))
      }
      bytes += value.utf8
      bytes.append(newline)
    }
    return bytes
  }

  /// Whether standard error is what systemd connected to the journal: JOURNAL_STREAM holds its device and inode,
  /// systemd.exec(5). Whoever has sent it elsewhere since does not mean the journal.
  public static var isStandardError: Bool {
    guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
    return unsafe isJournal(STDERR_FILENO, stream: String(cString: stream))
  }

  static func isJournal(_ descriptor: Int32, stream: String) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
  }
}
