/// The newest events, a bounded number of them.
struct EventLog {
  private static let capacity = 1000
  /// A message is cut to so many characters.
  private static let messageLengthMax = 4000

  private var events: [DirectorEvent]
  private var nextID: Int
  /// How many there have been since the start of lbd.
  private(set) var counts: [DirectorEvent.Kind: Int] = [:]
  private let now: @Sendable () -> Double
  private let observe: @Sendable (DirectorEvent) -> Void

  /// - Parameters:
  ///   - history: those of earlier runs, oldest first; counting goes on behind the last.
  ///   - now: seconds since 1970.
  ///   - observe: is told of each new event, for the log.
  init(
    history: [DirectorEvent] = [], now: @escaping @Sendable () -> Double,
    observe: @escaping @Sendable (DirectorEvent) -> Void
  ) {
    events = history.suffix(EventLog.capacity)
    nextID = (history.last?.id ?? 0) + 1
    self.now = now
    self.observe = observe
  }

  mutating func add(
    _ kind: DirectorEvent.Kind, _ severity: DirectorEvent.Severity = .information, _ message: String,
    service: String? = nil, server: String? = nil, state: String? = nil, user: String? = nil
  ) {
    let event = DirectorEvent(
      id: nextID, at: now(), kind: kind, severity: severity, service: service, server: server, state: state,
      user: user, message: EventLog.line(message))
    nextID += 1
    counts[kind, default: 0] += 1
    events.append(event)
    if events.count > 2 * EventLog.capacity { events.removeFirst(events.count - EventLog.capacity) }
    observe(event)
  }

  /// 0 when there is none.
  var lastID: Int { nextID - 1 }

  /// The events after this one, oldest first.
  func after(_ id: Int) -> ArraySlice<DirectorEvent> {
    let kept = events.suffix(EventLog.capacity)
    return kept[(kept.firstIndex { $0.id > id } ?? kept.endIndex)...]
  }

  private static func line(_ message: String) -> String {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " | ")
    return line.count > messageLengthMax ? line.prefix(messageLengthMax - 1) + "…" : line
  }
}
