import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

extension Reloader {
  /// More than a day is a forgotten terminal.
  private static let secondsMax: UInt64 = 86_400

  /// Applies the files for some seconds: unless it is confirmed within them, the files of before come back.
  ///
  /// What the watch applied by itself within as many seconds before is part of it. When nothing changes and nothing
  /// has, nothing waits for confirmation; while something waits already, the time begins anew.
  ///
  /// - Returns: what goes back unless it is confirmed.
  func reload(
    confirmWithin seconds: UInt64, clock: any Clock<Duration> = ContinuousClock(), by user: String
  ) async throws(APIError) -> Applied<[PlannedChange]> {
    guard (1...Self.secondsMax).contains(seconds) else {
      throw .malformedRequest("confirmWithin takes seconds from 1 to \(Self.secondsMax), not \(seconds)")
    }
    await gate.enter()
    defer { gate.leave() }
    let reading = await keeper.read()
    let runs = await keeper.runs(reading)
    let files: [SourceFile]
    do throws(EditError) {
      let watched = self.watched.filesBefore(changesSince: reading.at - Double(seconds))
      guard let target = try await target(watched, runs: runs) else { return Applied(changes: []) }
      files = target
      try await keeper.expectConfirmation(goingBackTo: files)
    } catch {
      throw APIError(error)
    }
    var shortfall: String?
    do throws(RefusedConfiguration) {
      if !runs {
        shortfall =
          try await apply(reading, reason: "reload, to be confirmed within \(seconds) s", by: user).shortfall
      }
    } catch {
      if confirmation == nil { await keeper.confirmed() }
      throw .configurationErrors(error.problems)
    }
    wait(for: .seconds(Int64(seconds)), clock, goingBackTo: files)
    guard case .success(let before) = ConfigurationLoader.load(files: files) else {
      return Applied(changes: [], shortfall: shortfall)
    }
    let now = await director.configuration
    return Applied(
      changes: differences(from: before.loadBalancer, to: now).map(PlannedChange.init), shortfall: shortfall)
  }

  /// The files to go back to: those of a change that waits already, else those before what the watch applied, else
  /// those that run; nil when nothing changes.
  private func target(_ watched: [SourceFile]?, runs: Bool) async throws(EditError) -> [SourceFile]? {
    if confirmation != nil, let waiting = try await keeper.unconfirmedFiles() { return waiting }
    if let watched { return watched }
    return runs ? nil : await keeper.running
  }

  /// The last reload stays.
  func confirm(dryRun: Bool, by user: String) async throws(APIError) {
    await gate.enter()
    defer { gate.leave() }
    guard let waiting = confirmation else {
      throw APIError(
        status: 404, code: .nothingThere,
        message: "nothing waits for confirmation: no 'lbctl config reload --confirm-within' is under way")
    }
    guard !dryRun else { return }
    waiting.cancel()
    confirmation = nil
    watched = WatchedChanges()
    await keeper.confirmed()
    await director.note(.configuration, .information, "configuration confirmed", by: user)
  }

  private func wait(for duration: Duration, _ clock: any Clock<Duration>, goingBackTo files: [SourceFile]) {
    confirmation?.cancel()
    confirmation = Task { [weak self] in
      guard (try? await clock.sleep(for: duration)) != nil else { return }
      await self?.takeBack(to: files)
    }
  }

  /// Whoever waits for it may be cut off, so it does not depend on files that can be written.
  private func takeBack(to files: [SourceFile]) async {
    await gate.enter()
    defer { gate.leave() }
    // Whoever confirmed while this waited at the gate has cancelled it.
    guard !Task.isCancelled, confirmation != nil else { return }
    confirmation = nil
    watched = WatchedChanges()
    let reason = "the reload was not confirmed"
    var unwritten: UnwrittenFiles?
    do throws(EditError) {
      try await keeper.restore(files)
    } catch {
      unwritten = UnwrittenFiles(files, keptAt: keeper.pending.path, cause: error)
    }
    do throws(RefusedConfiguration) {
      _ = try await apply(await keeper.reading(of: files), reason: reason)
    } catch {
      let problems = error.problems.map(\.description).joined(separator: "; ")
      await director.note(.failure, .error, "\(reason), and going back failed: \(problems)")
      return
    }
    guard let unwritten else { return }
    await keeper.refused([unwritten.problem], in: await keeper.read(), passingOver: true)
    await director.note(.failure, .error, "\(reason): \(unwritten.problem)")
  }
}
