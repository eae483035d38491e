public import LoadBalancing

/// A configuration without mistakes, and what it was read from.
public struct LoadedConfiguration: Hashable, Sendable {
  public var loadBalancer: LoadBalancer
  /// In the order in which they were read; empty when there was nothing to read.
  public var files: [SourceFile]
  public var locations: ConfigurationLocations

  /// Whether there is neither a main file nor a drop-in: nothing is configured, as against a configuration that
  /// serves nothing.
  public var isMissing: Bool { files.isEmpty }

  public init(loadBalancer: LoadBalancer, files: [SourceFile], locations: ConfigurationLocations) {
    self.loadBalancer = loadBalancer
    self.files = files
    self.locations = locations
  }
}

/// Reads configuration files to values; blocks while it reads.
public enum ConfigurationLoader {
  /// Reads the main file and the drop-ins as one configuration.
  ///
  /// - Returns: the configuration (``LoadedConfiguration/isMissing`` when there is no file at all), or every problem
  ///   that was found in it.
  public static func load(_ sources: ConfigurationSources) -> Result<LoadedConfiguration, ConfigurationErrors> {
    let (files, problems) = sources.read()
    return load(files: files, unread: problems)
  }

  /// Reads the main file and the drop-ins with more of them, which take the place of those of the same name.
  public static func load(
    _ sources: ConfigurationSources, addingDropIns files: [SourceFile]
  ) -> Result<LoadedConfiguration, ConfigurationErrors> {
    func name(_ file: SourceFile) -> [UInt8] { Array(file.path.split(separator: "/").last ?? "").flatMap(\.utf8) }
    let (inPlace, problems) = sources.read()
    let main = inPlace.filter { $0.path == sources.mainFile }
    let added = Set(files.map(name))
    let dropIns = inPlace.filter { $0.path != sources.mainFile && !added.contains(name($0)) } + files
    let all = main + dropIns.sorted { name($0).lexicographicallyPrecedes(name($1)) }
    return load(files: all, unread: problems)
  }

  /// Reads these files, in this order, as one configuration.
  public static func load(files: [SourceFile]) -> Result<LoadedConfiguration, ConfigurationErrors> {
    load(files: files, unread: [])
  }

  /// The problems in `unread` happened before there were bytes.
  private static func load(
    files: [SourceFile], unread: [ConfigurationProblem]
  ) -> Result<LoadedConfiguration, ConfigurationErrors> {
    let problems = ProblemCollector(files: files.map(\.path))
    for problem in unread { problems.report(problem.file, line: problem.line, problem.message) }
    let decoder = ConfigurationDecoder(files: files, problems: problems)
    let (loadBalancer, locations) = decoder.decode()
    guard problems.isEmpty else { return .failure(ConfigurationErrors(problems: problems.sorted)) }
    return .success(LoadedConfiguration(loadBalancer: loadBalancer, files: files, locations: locations))
  }
}
