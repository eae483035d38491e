import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

/// The files of the configuration have errors; what runs goes on.
struct RefusedConfiguration: Error {
  let problems: [ControlAPI.ConfigurationProblem]
}

/// Leads a configuration from the files to the Director, one at a time.
actor Reloader {
  private let keeper: ConfigurationKeeper
  private let director: Director
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
  func reload(reason: String) async throws(RefusedConfiguration) -> [ConfigurationDifference] {
    let reading = await keeper.read()
    do throws(RefusedConfiguration) {
      let loaded = try await judged(reading)
      let changes = differences(from: await director.configuration, to: loaded.loadBalancer)
      do throws(AddressConflicts) {
        try await director.apply(loaded.loadBalancer, reason: reason)
      } catch {
        throw RefusedConfiguration(problems: error.problems(in: loaded))
      }
      if let warning = await keeper.applied(loaded) {
        await director.note(.failure, .error, warning)
      }
      told = []
      return changes
    } catch {
      await keeper.refused(error.problems, in: reading)
      await tell(error.problems)
      throw error
    }
  }

  private func judged(_ reading: ConfigurationReading) async throws(RefusedConfiguration) -> LoadedConfiguration {
    let loaded = try reading.judged()
    do throws(AddressConflicts) {
      try await director.check(loaded.loadBalancer)
    } catch {
      throw RefusedConfiguration(problems: error.problems(in: loaded))
    }
    return loaded
  }

  private func tell(_ problems: [ControlAPI.ConfigurationProblem]) async {
    guard problems != told else { return }
    told = problems
    for problem in problems {
      await director.refused("configuration not applied, what runs goes on: \(problem)")
    }
  }
}
