/// What changed, oldest first: the answer to `GET /v1/events?after=ID`.
public struct EventList: Codable, Hashable, Sendable {
  public var events: [Event]
  /// The id of the newest event that there is; 0 when there is none.
  ///
  /// Less than the `after` of the request means that counting began anew.
  public var last: UInt64

  public init(events: [Event], last: UInt64) {
    self.events = events
    self.last = last
  }
}

/// Something that happened.
public struct Event: Codable, Hashable, Sendable {
  /// A word that may be new to an older command line.
  public struct Kind: RawRepresentable, Codable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// A server's checks changed their mind.
    public static let health = Kind(rawValue: "health")
    /// A virtual service has another colour.
    public static let service = Kind(rawValue: "service")
    /// Somebody took a server in or out.
    public static let `operator` = Kind(rawValue: "operator")
    /// A fallback server came or went.
    public static let fallback = Kind(rawValue: "fallback")
    /// Files were applied or refused.
    public static let configuration = Kind(rawValue: "configuration")
    /// What others changed in the kernel was put back.
    public static let repair = Kind(rawValue: "repair")
    /// Something failed.
    public static let error = Kind(rawValue: "error")
    /// Something that an operator should look at.
    public static let warning = Kind(rawValue: "warning")
    /// The daemon began or ended.
    public static let daemon = Kind(rawValue: "daemon")
  }

  /// Counts up by one from event to event.
  public var id: UInt64
  public var at: Timestamp
  public var kind: Kind
  public var service: String?
  public var server: String?
  /// For a change of state what it is now, in one word.
  public var state: String?
  /// Who did it, when somebody did.
  public var user: String?
  public var message: String

  public init(
    id: UInt64, at: Timestamp, kind: Kind, service: String? = nil, server: String? = nil, state: String? = nil,
    user: String? = nil, message: String
  ) {
    self.id = id
    self.at = at
    self.kind = kind
    self.service = service
    self.server = server
    self.state = state
    self.user = user
    self.message = message
  }
}
