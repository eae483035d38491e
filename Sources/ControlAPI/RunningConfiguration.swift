/// What runs, and where each part comes from: the answer to `GET /v1/config`.
public struct RunningConfiguration: Codable, Hashable, Sendable {
  public var runsFrom: ConfigurationStatus.Source
  /// In the order of the files.
  public var parts: [RunningPart]

  public init(runsFrom: ConfigurationStatus.Source, parts: [RunningPart]) {
    self.runsFrom = runsFrom
    self.parts = parts
  }
}

/// An element of the configuration as it stands in its file.
public struct RunningPart: Codable, Hashable, Sendable {
  public var element: String
  public var label: String?
  public var file: String
  public var line: Int
  /// The XML; secrets are blotted out.
  public var text: String

  public init(element: String, label: String? = nil, file: String, line: Int, text: String) {
    self.element = element
    self.label = label
    self.file = file
    self.line = line
    self.text = text
  }
}

/// The configurations that were applied last: the answer to `GET /v1/config/history`.
public struct ConfigurationHistoryList: Codable, Hashable, Sendable {
  /// Newest first.
  public var configurations: [HistoryEntry]

  public init(configurations: [HistoryEntry]) {
    self.configurations = configurations
  }
}

/// A configuration that was applied.
public struct HistoryEntry: Codable, Hashable, Sendable {
  /// How many configurations ago; 0 is the newest. What `rollback` takes.
  public var back: Int
  /// When it was applied; absent when that is not known any more.
  public var appliedAt: Timestamp?
  /// The paths of its files; empty when it is damaged.
  public var files: [String]

  public init(back: Int, appliedAt: Timestamp? = nil, files: [String]) {
    self.back = back
    self.appliedAt = appliedAt
    self.files = files
  }
}
