import ControlAPI
import FoundationEssentials
import LBConfiguration
import LinuxSystem

/// Reads the configuration files and keeps the history of those that were applied.
actor ConfigurationKeeper {
  private(set) var status: ConfigurationStatus
  /// The files of what runs.
  private(set) var running: [SourceFile] = []
  /// Files that nobody wants to run though they are in place and right.
  private(set) var passedOver: [SourceFile]?
  let sources: ConfigurationSources
  let history: ConfigurationHistory
  /// Where the files of before are while a change waits for confirmation.
  let pending: PendingRestoration
  private let executor: ThreadExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(_ options: DaemonOptions, executor: ThreadExecutor) {
    sources = ConfigurationSources(mainFile: options.config, dropInDirectory: options.configDirectory)
    history = ConfigurationHistory(directory: options.stateDirectory + "/history")
    pending = PendingRestoration(stateDirectory: options.stateDirectory)
    status = ConfigurationStatus(files: [], runsFrom: .nothing)
    self.executor = executor
  }

  /// Reads the files and judges them; none at all is a mistake where there were some.
  func read() -> ConfigurationReading {
    var result = ConfigurationLoader.load(sources)
    if case .success(let loaded) = result, loaded.isMissing, let absence { result = .failure(absence) }
    return ConfigurationReading(result, at: Date().timeIntervalSince1970)
  }

  /// These files as if they had just been read.
  func reading(of files: [SourceFile]) -> ConfigurationReading {
    let now = Date().timeIntervalSince1970
    let files = files.map { SourceFile(path: $0.path, bytes: $0.bytes, readAt: now) }
    return ConfigurationReading(ConfigurationLoader.load(files: files), at: now)
  }

  /// What tells that the files have changed since the last look.
  func fingerprints() -> FileFingerprints {
    FileFingerprints(of: sources.paths().paths)
  }

  /// The newest configuration that was applied; nil without a history.
  func newestOfHistory() -> LoadedConfiguration? {
    guard let files = try? history.newest() else { return nil }
    return try? ConfigurationLoader.load(files: files).get()
  }

  /// Notes that a configuration runs, and keeps it in the history.
  ///
  /// - Returns: what went wrong with the history; nil when it is kept.
  func applied(_ loaded: LoadedConfiguration, from source: ConfigurationStatus.Source = .files) -> String? {
    if source == .files {
      status.files = loaded.files.map { ConfigurationFile(path: $0.path, readAt: Timestamp(seconds: $0.readAt)) }
      status.errors = []
    }
    running = loaded.files
    passedOver = nil
    status.runsFrom = source
    status.appliedAt = .now
    // Without files nothing is kept, unless others would seem to be what ran last.
    guard source == .files, !loaded.isMissing || (try? history.newest()) != nil else { return nil }
    do {
      try history.save(loaded.files)
      return nil
    } catch {
      return "the configuration runs, but it is not kept in the history: \(error)"
    }
  }

  /// Notes that the files are not what runs.
  ///
  /// - Parameter passingOver: nobody wants them to run: the watch leaves them alone until they are others.
  func refused(
    _ problems: [ControlAPI.ConfigurationProblem], in reading: ConfigurationReading, passingOver: Bool = false
  ) {
    let at = Timestamp(seconds: reading.at)
    status.files = reading.paths.map { ConfigurationFile(path: $0, readAt: at) }
    status.errors = problems
    if passingOver { passedOver = try? reading.result.get().files }
  }
}

/// What reading the configuration files brought.
struct ConfigurationReading: Sendable {
  /// Seconds since 1970.
  let at: Double
  let result: Result<LoadedConfiguration, ConfigurationErrors>

  init(_ result: Result<LoadedConfiguration, ConfigurationErrors>, at: Double) {
    self.result = result
    self.at = at
  }

  /// The files that were read; with errors, those that have some.
  var paths: [String] {
    switch result {
    case .success(let loaded): loaded.files.map(\.path)
    case .failure(let errors):
      errors.problems.map(\.file).reduce(into: []) { paths, path in
        if !paths.contains(path) { paths.append(path) }
      }
    }
  }

  /// - Throws: ``RefusedConfiguration`` with every problem of the files.
  func judged() throws(RefusedConfiguration) -> LoadedConfiguration {
    switch result {
    case .success(let loaded): return loaded
    case .failure(let errors):
      throw RefusedConfiguration(
        problems: errors.problems.map {
          ControlAPI.ConfigurationProblem(file: $0.file, line: $0.line ?? 0, message: $0.message)
        })
    }
  }
}
