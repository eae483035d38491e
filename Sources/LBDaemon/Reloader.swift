import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

/// The files of the configuration have errors; what runs goes on.
struct RefusedConfiguration: Error {
  let problems: [ControlAPI.ConfigurationProblem]
}

/// What a configuration that was applied changes, in the words that its caller wants.
struct Applied<Changes: Sendable>: Sendable {
  let changes: Changes
  /// Why the kernel is not in accord with the configuration; nil when it is, or nothing was applied.
  var shortfall: String?
}

/// What became of configurations since the start of lbd.
struct ReloadCounts: Sendable {
  var applied: UInt64 = 0
  var refused: UInt64 = 0
  /// Of those that were applied, until the kernel was in accord.
  var durations = DurationHistogram()
}

/// Leads a configuration from the files to the Director, one at a time.
actor Reloader {
  let keeper: ConfigurationKeeper
  let director: Director
  /// The way to the Director is for one at a time.
  let gate = Gate()
  /// Takes the last reload back when it is not confirmed in time.
  var confirmation: Task<Void, Never>?
  var watched = WatchedChanges()
  private(set) var counts = ReloadCounts()
  /// What was last told to be wrong, so that it is not told again.
  private var told: [ControlAPI.ConfigurationProblem] = []

  init(keeper: ConfigurationKeeper, director: Director) {
    self.keeper = keeper
    self.director = director
  }

  /// Reads the files and judges them.
  func check() async -> ConfigurationCheck {
    let reading = await keeper.read()
    let files = reading.paths
    do throws(RefusedConfiguration) {
      let loaded = try await judged(reading)
      return ConfigurationCheck(files: files, services: loaded.loadBalancer.virtualServices.count)
    } catch {
      return ConfigurationCheck(files: files, errors: error.problems)
    }
  }

  /// What a reload would change.
  func plan() async throws(RefusedConfiguration) -> [ConfigurationDifference] {
    let loaded = try await judged(await keeper.read())
    return differences(from: await director.configuration, to: loaded.loadBalancer)
  }

  /// Applies the files; with errors in them nothing changes.
  func reload(
    reason: String, by user: String? = nil
  ) async throws(RefusedConfiguration) -> Applied<[ConfigurationDifference]> {
    await gate.enter()
    defer { gate.leave() }
    let applied = try await apply(await keeper.read(), reason: reason, by: user)
    await stays()
    return applied
  }

  /// Applies the files that the watch has seen, unless they are those that run.
  func reloadWatched() async throws(RefusedConfiguration) {
    await gate.enter()
    defer { gate.leave() }
    let reading = await keeper.read()
    guard await !keeper.runs(reading), await !keeper.passesOver(reading) else { return }
    let before = await keeper.running
    _ = try await apply(reading, reason: "the files changed")
    await stays()
    watched.add(at: reading.at, before: before)
  }

  /// Applies what was read; whoever calls it has entered the gate.
  func apply(
    _ reading: ConfigurationReading, renaming: Renaming? = nil, reason: String, by user: String? = nil
  ) async throws(RefusedConfiguration) -> Applied<[ConfigurationDifference]> {
    let began = ContinuousClock.now
    do throws(RefusedConfiguration) {
      let loaded = try await judged(reading)
      let changes = differences(
        from: await director.configuration, to: loaded.loadBalancer, renaming: renaming)
      let shortfall: String?
      do throws(AddressConflicts) {
        shortfall = try await director.apply(loaded.loadBalancer, renaming: renaming, reason: reason, by: user)
      } catch {
        throw RefusedConfiguration(problems: error.problems(in: loaded))
      }
      if let warning = await keeper.applied(loaded) {
        await director.note(.failure, .error, warning)
      }
      told = []
      counts.applied += 1
      counts.durations.add(began.duration(to: .now))
      return Applied(changes: changes, shortfall: shortfall)
    } catch {
      counts.refused += 1
      await keeper.refused(error.problems, in: reading)
      await tell(error.problems, by: user)
      throw error
    }
  }

  /// What was applied last is meant: no files of before come back at the next start, unless a confirmation is awaited.
  func stays() async {
    if confirmation == nil { await keeper.confirmed() }
  }

  private func judged(_ reading: ConfigurationReading) async throws(RefusedConfiguration) -> LoadedConfiguration {
    try await judged(try reading.judged())
  }

  /// The same, when this machine can take it.
  func judged(_ loaded: LoadedConfiguration) async throws(RefusedConfiguration) -> LoadedConfiguration {
    do throws(AddressConflicts) {
      try await director.check(loaded.loadBalancer)
    } catch {
      throw RefusedConfiguration(problems: error.problems(in: loaded))
    }
    return loaded
  }

  private func tell(_ problems: [ControlAPI.ConfigurationProblem], by user: String?) async {
    guard problems != told else { return }
    told = problems
    for problem in problems {
      await director.refused("configuration not applied, what runs goes on: \(problem)", by: user)
    }
  }
}
