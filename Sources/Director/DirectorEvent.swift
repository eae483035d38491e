/// Something that an operator may want to know about.
public struct DirectorEvent: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// lbd started, stopped, withdrew or resumed.
    case daemon
    /// A configuration was applied or refused.
    case configuration
    /// The operator took a server in or out.
    case operatorAction = "operator"
    /// The health of a server changed.
    case health
    /// The fallback of a service came or went.
    case fallback
    /// The kernel held something else than lbd had put there.
    case repair
    /// A change was refused by the kernel, or a file could not be written.
    case failure
    /// Something is likely to be wrong, though lbd goes on.
    case warning
  }

  public enum Severity: Int, Hashable, Sendable, Comparable {
    case information
    case warning
    case error

    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
  }

  /// Grows by one with each event since the start of lbd.
  public let id: Int
  /// Seconds since 1970.
  public let at: Double
  public let kind: Kind
  public let severity: Severity
  public let service: String?
  public let server: String?
  /// Who did it, for an operator's action.
  public let user: String?
  /// One line.
  public let message: String
}

/// The newest events, a bounded number of them.
struct EventLog {
  private static let capacity = 1000

  private var events: [DirectorEvent] = []
  private var nextID = 1
  private let now: @Sendable () -> Double
  private let observe: @Sendable (DirectorEvent) -> Void

  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - observe: is told of each event, for the log.
  init(now: @escaping @Sendable () -> Double, observe: @escaping @Sendable (DirectorEvent) -> Void) {
    self.now = now
    self.observe = observe
  }

  mutating func add(
    _ kind: DirectorEvent.Kind, _ severity: DirectorEvent.Severity = .information, _ message: String,
    service: String? = nil, server: String? = nil, user: String? = nil
  ) {
    let event = DirectorEvent(
      id: nextID, at: now(), kind: kind, severity: severity, service: service, server: server, user: user,
      message: message)
    nextID += 1
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
}
