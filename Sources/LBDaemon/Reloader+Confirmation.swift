import ControlAPI
import Director
import LBConfiguration

extension Reloader {
  /// More than a day is a forgotten terminal.
  private static let secondsMax: UInt64 = 86_400

  /// Applies the files for some seconds: unless it is confirmed within them, the files of before come back.
  ///
  /// When nothing changes, nothing waits for confirmation.
  func reload(
    confirmWithin seconds: UInt64, clock: any Clock<Duration> = ContinuousClock(), by user: String
  ) async throws(APIError) -> [PlannedChange] {
    guard (1...Self.secondsMax).contains(seconds) else {
      throw .malformedRequest("confirmWithin takes seconds from 1 to \(Self.secondsMax), not \(seconds)")
    }
    await gate.enter()
    defer { gate.leave() }
    let reading = await keeper.read()
    guard await !keeper.runs(reading) else { return [] }
    do {
      try await keeper.expectConfirmation()
    } catch {
      throw APIError(error)
    }
    do {
      let changes = try await apply(reading, reason: "reload by \(user), to be confirmed within \(seconds) s")
      wait(for: .seconds(Int64(seconds)), clock)
      return changes.map(PlannedChange.init)
    } catch {
      if confirmation == nil { await keeper.confirmed() }
      throw .configurationErrors(error.problems)
    }
  }

  /// The last reload stays.
  func confirm(by user: String) async throws(APIError) {
    await gate.enter()
    defer { gate.leave() }
    guard let waiting = confirmation else {
      throw APIError(
        status: 404, code: .nothingThere,
        message: "nothing waits for confirmation: no 'lbctl config reload --confirm-within' is under way")
    }
    waiting.cancel()
    confirmation = nil
    await keeper.confirmed()
    await director.note(.configuration, .information, "configuration confirmed by \(user)")
  }

  private func wait(for duration: Duration, _ clock: any Clock<Duration>) {
    confirmation?.cancel()
    confirmation = Task { [weak self] in
      guard (try? await clock.sleep(for: duration)) != nil else { return }
      await self?.takeBack()
    }
  }

  private func takeBack() async {
    await gate.enter()
    defer { gate.leave() }
    // Whoever confirmed while this waited at the gate has cancelled it.
    guard !Task.isCancelled, confirmation != nil else { return }
    confirmation = nil
    do throws(EditError) {
      guard let files = try await keeper.unconfirmedFiles() else { return }
      try await goBack(to: files, reason: "the reload was not confirmed")
    } catch {
      await director.note(.failure, .error, "the reload was not confirmed, and going back failed: \(error)")
    }
  }
}
