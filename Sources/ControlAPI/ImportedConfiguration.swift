/// Another program's configuration as one of lbd's: the answer of `lbctl config import`.
public struct ImportedConfiguration: Codable, Hashable, Sendable {
  public struct Note: Codable, Hashable, Sendable {
    /// In the other program's file, counted from 1.
    public var line: Int
    public var message: String

    public init(line: Int, message: String) {
      self.line = line
      self.message = message
    }
  }

  /// A whole document, with a comment for each note.
  public var configuration: String
  /// What has no equivalent.
  public var notes: [Note]

  public init(configuration: String, notes: [Note]) {
    self.configuration = configuration
    self.notes = notes
  }
}
