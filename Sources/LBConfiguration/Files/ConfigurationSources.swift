/// Where a configuration is read from.
public struct ConfigurationSources: Hashable, Sendable {
  /// May name a file that is not there.
  public var mainFile: String?
  /// May name a directory that is not there.
  public var dropInDirectory: String?

  public init(mainFile: String?, dropInDirectory: String?) {
    self.mainFile = mainFile
    self.dropInDirectory = dropInDirectory
  }
}
