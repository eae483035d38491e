/// What a server's own agent has said about it; each word holds until the agent takes it back.
public struct AgentReport: Hashable, Sendable, Codable {
  public enum Admission: String, Hashable, Sendable, Codable {
    case ready
    /// No new connections; established ones go on.
    case drain
    /// Nobody at all.
    case maintenance
  }

  /// Where agents listen unless the configuration says otherwise.
  public static let standardPort: UInt16 = 3333

  /// 0 to 100 percent of the configured weight.
  public var share: Int
  public var admission: Admission
  /// Whether the agent calls its server down.
  public var isDown: Bool

  public init(share: Int = 100, admission: Admission = .ready, isDown: Bool = false) {
    self.share = share
    self.admission = admission
    self.isDown = isDown
  }

  /// The share of the configured weight that new clients get.
  public var servingShare: Int { admission == .ready ? share : 0 }

  /// What the agent says of the server's health.
  public var health: Health { isDown ? .down : .up }

  /// Whether no new clients may come.
  public var keepsClientsAway: Bool { isDown || servingShare == 0 }

  /// Takes over what one answer says; what it does not mention stays.
  public mutating func apply(_ statement: AgentStatement) {
    share = statement.share ?? share
    admission = statement.admission ?? admission
    isDown = statement.isDown ?? isDown
  }
}

/// One answer of an agent; nil is what it does not mention.
public struct AgentStatement: Hashable, Sendable {
  public var share: Int?
  public var admission: AgentReport.Admission?
  public var isDown: Bool?

  public init(share: Int? = nil, admission: AgentReport.Admission? = nil, isDown: Bool? = nil) {
    self.share = share
    self.admission = admission
    self.isDown = isDown
  }
}
