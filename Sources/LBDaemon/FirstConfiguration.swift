import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

/// What lbd may start with: the files, or those to go back to that cannot be put in their place; with errors in them the
/// newest configuration of the history; else nothing.
struct FirstConfiguration {
  struct Candidate {
    let loaded: LoadedConfiguration
    let source: ConfigurationStatus.Source
  }

  /// What became of files that waited to be put back.
  let restoration: Restoration
  /// Of the files before they were read.
  let fingerprints: FileFingerprints
  let reading: ConfigurationReading
  /// What is wrong with the files in place.
  let problems: [ControlAPI.ConfigurationProblem]
  /// In the order in which to try them; the last can always be taken.
  let candidates: [Candidate]

  init(_ keeper: ConfigurationKeeper) async {
    restoration = await keeper.restoreUnconfirmed()
    fingerprints = await keeper.fingerprints()
    reading = await keeper.read()
    var wanted = reading
    var problems: [ControlAPI.ConfigurationProblem] = []
    if let unwritten = restoration.unwritten {
      wanted = await keeper.reading(of: unwritten.files)
      problems.append(unwritten.problem)
    }
    var candidates: [Candidate] = []
    do {
      candidates.append(Candidate(loaded: try wanted.judged(), source: .files))
    } catch {
      problems += error.problems
    }
    self.problems = problems
    if let newest = await keeper.newestOfHistory() {
      candidates.append(Candidate(loaded: newest, source: .history))
    }
    let nothing = LoadedConfiguration(
      loadBalancer: LoadBalancer(), files: [], locations: ConfigurationLocations())
    self.candidates = candidates + [Candidate(loaded: nothing, source: .nothing)]
  }

  /// Tells what runs, when it is not what the files say.
  func tell(
    _ problems: [ControlAPI.ConfigurationProblem], running source: ConfigurationStatus.Source, to director: Director
  ) async {
    for problem in problems { await director.refused("configuration not applied: \(problem)") }
    switch source {
    case .files:
      if await director.configuration.virtualServices.isEmpty {
        await director.note(
          .warning, .warning,
          "no virtual service is configured, nothing is served; 'lbctl config check' tells which files are read")
      }
    case .history:
      await director.note(
        .warning, .warning,
        "the last good configuration of the history runs; mend the files and "
          + "run 'lbctl config reload'")
    case .nothing:
      await director.note(
        .warning, .error,
        "the files have errors and there is no earlier configuration: nothing is served; mend the files and run "
          + "'lbctl config reload'")
    }
  }
}
