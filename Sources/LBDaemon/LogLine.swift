import Glibc
public import Logging

/// Writes each message to standard error as one line that an operator understands.
///
/// With a journal at the other end (`JOURNAL_STREAM`, systemd.exec(5)) a line begins with its priority as in
/// sd-daemon(3); otherwise with the time and, where it matters, the level.
public struct LogLine: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level = .info
  private let writesPriorities: Bool

  /// Writes priorities when standard error leads to the journal.
  public init() {
    self.init(writesPriorities: unsafe getenv("JOURNAL_STREAM") != nil)
  }

  init(writesPriorities: Bool) {
    self.writesPriorities = writesPriorities
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    write(level: event.level, "\(event.message)", event.metadata)
  }

  func write(level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil) {
    LogLine.write(line(level: level, message, metadata))
  }

  /// The line with its end; whatever the message holds, it is one.
  func line(level: Logger.Level, _ message: String, _ metadata: Logger.Metadata? = nil) -> String {
    let subject = metadata?["service"].map { "\($0): " } ?? ""
    return prefix(level) + (subject + message).split(whereSeparator: \.isNewline).joined(separator: " | ") + "\n"
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
