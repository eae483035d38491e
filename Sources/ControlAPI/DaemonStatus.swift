/// How the daemon is: the answer to `GET /v1/status`.
public struct DaemonStatus: Codable, Hashable, Sendable {
  public var version: String
  public var pid: Int32
  public var startedAt: Timestamp
  public var uptimeSeconds: UInt64
  public var configuration: ConfigurationStatus
  /// Absent when nothing has failed since the start.
  public var lastError: ErrorReport?
  /// How often something that others changed in the kernel was put back since the start.
  public var repairs: UInt64
  /// How many things somebody else changes again and again; the warnings name them.
  public var contested: UInt64
  /// Everything of lbd's is out of the kernel and stays so.
  public var withdrawn: Bool
  /// What an operator should look at, one sentence each.
  public var warnings: [String]

  public init(
    version: String, pid: Int32, startedAt: Timestamp, uptimeSeconds: UInt64, configuration: ConfigurationStatus,
    lastError: ErrorReport? = nil, repairs: UInt64 = 0, contested: UInt64 = 0, withdrawn: Bool = false,
    warnings: [String] = []
  ) {
    self.version = version
    self.pid = pid
    self.startedAt = startedAt
    self.uptimeSeconds = uptimeSeconds
    self.configuration = configuration
    self.lastError = lastError
    self.repairs = repairs
    self.contested = contested
    self.withdrawn = withdrawn
    self.warnings = warnings
  }
}

/// Which configuration runs, and what the files say.
public struct ConfigurationStatus: Codable, Hashable, Sendable {
  public enum Source: String, Codable, Hashable, Sendable, CaseIterable {
    /// The files as they were when they were last right.
    case files
    /// The newest one of the history, because the files had errors at the start.
    case history
    /// None at all: the files had errors at the start and there was no history.
    case nothing
  }

  /// As last read, in the order of reading.
  public var files: [ConfigurationFile]
  /// What is wrong with the files as last read; empty when they are what runs.
  public var errors: [ConfigurationProblem]
  public var runsFrom: Source
  /// When what runs was applied; absent when nothing runs.
  public var appliedAt: Timestamp?

  public init(
    files: [ConfigurationFile], errors: [ConfigurationProblem] = [], runsFrom: Source, appliedAt: Timestamp? = nil
  ) {
    self.files = files
    self.errors = errors
    self.runsFrom = runsFrom
    self.appliedAt = appliedAt
  }
}

/// One file of the configuration.
public struct ConfigurationFile: Codable, Hashable, Sendable {
  public var path: String
  public var readAt: Timestamp

  public init(path: String, readAt: Timestamp) {
    self.path = path
    self.readAt = readAt
  }
}

/// Something that failed, with the remedy where there is one.
public struct ErrorReport: Codable, Hashable, Sendable {
  public var at: Timestamp
  public var message: String

  public init(at: Timestamp, message: String) {
    self.at = at
    self.message = message
  }
}
