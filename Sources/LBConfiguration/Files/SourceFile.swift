/// A configuration file as it was read.
public struct SourceFile: Hashable, Sendable {
  public var path: String
  public var bytes: [UInt8]
  /// When it was read, in seconds since 1970.
  public var readAt: Double

  public init(path: String, bytes: [UInt8], readAt: Double = 0) {
    self.path = path
    self.bytes = bytes
    self.readAt = readAt
  }
}

/// A place in a configuration file.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Counted from 1.
  public var line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  /// `FILE:LINE`.
  public var description: String { "\(file):\(line)" }
}
