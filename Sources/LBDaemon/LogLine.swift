import Glibc
import LinuxSystem
public import Logging

/// Writes each message as one line that an operator understands: to the journal where standard error leads there, with
/// what it is about in fields, else to standard error.
///
/// What the journal does not take goes to standard error all the same, beginning with its priority as in sd-daemon(3).
/// A line that never goes to a journal begins with the time and, where it matters, the level.
public struct LogLine: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level = .info
  private let writesPriorities: Bool
  private let journal: JournalSocket?
  private let standardError: @Sendable (String) -> Void

  public init() {
    let isJournal = JournalSocket.isStandardError
    self.init(writesPriorities: isJournal, journal: isJournal ? try? JournalSocket() : nil)
  }

  init(
    writesPriorities: Bool, journal: JournalSocket? = nil,
    standardError: @escaping @Sendable (String) -> Void = LogLine.write
  ) {
    self.writesPriorities = writesPriorities
    self.journal = journal
    self.standardError = standardError
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    write(level: event.level, "\(event.message)", event.metadata)
  }

  func write(level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil) {
    if let journal, (try? journal.send(fields(level: level, message, metadata))) != nil { return }
    standardError(line(level: level, message, metadata))
  }

  /// An entry of the journal: the line, and what it is about as `SERVICE`, `SERVER`, `EVENT`, ….
  func fields(
    level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil
  ) -> [JournalSocket.Field] {
    let subjects = (metadata ?? [:]).filter { $0.key.allSatisfy { $0.isASCII && $0.isLetter } }
    return [
      (name: "MESSAGE", value: text(message, metadata)), (name: "PRIORITY", value: "\(priority(level))"),
      (name: "SYSLOG_IDENTIFIER", value: "lbd"),
    ] + subjects.sorted { $0.key < $1.key }.map { (name: $0.key.uppercased(), value: "\($0.value)") }
  }

  /// The line with its end; whatever the message holds, it is one.
  func line(level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil) -> String {
    prefix(level) + text(message, metadata) + "\n"
  }

  private func text(_ message: String, _ metadata: Logger.Metadata?) -> String {
    let subject = metadata?["service"].map { "\($0): " } ?? ""
    return (subject + message).split(whereSeparator: \.isNewline).joined(separator: " | ")
  }

  /// Writes to standard error in one piece.
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  private func prefix(_ level: Logger.Level) -> String {
    guard !writesPriorities else { return "<\(priority(level))>" }
    let second = time(nil) % 86_400
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    return level >= .warning ? "\(clock) \(level.rawValue): " : "\(clock) "
  }

  private func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
