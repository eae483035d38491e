extension Director {
  /// Saves the model's state when it differs from what is on disk.
  func save() async {
    await withCheckedContinuation { continuation in saveSoon { continuation.resume() } }
  }

  /// Saves what differs from what is on disk beside whatever goes on meanwhile.
  ///
  /// - Parameter done: is called afterwards, at once when there is nothing to save; nil when nobody waits: then what
  ///   comes while the last state is being written is left to the next turn.
  func saveSoon(_ done: (() -> Void)?) {
    guard isSaving || course.model.saved != savedOnDisk else {
      done?()
      return
    }
    if let done { savers.append(done) }
    guard !isSaving else { return }
    isSaving = true
    Task {
      repeat {
        let waiting = savers
        savers = []
        await writeState()
        for done in waiting { done() }
      } while !savers.isEmpty
      isSaving = false
    }
  }

  /// Whether an interrupted lbd would know all that it has made, whichever state it finds on the disk.
  var isKnownOnDisk: Bool {
    let saved = course.model.saved
    return saved.isCovered(inKernelBy: savedOnDisk) && (beingSaved == nil || saved.isCovered(inKernelBy: beingSaved))
  }

  private func writeState() async {
    guard course.model.saved != savedOnDisk else { return }
    let state = course.model.saved
    beingSaved = state
    defer { beingSaved = nil }
    do {
      try await store.save(state)
      savedOnDisk = state
      status.stateFileError = nil
    } catch {
      if status.stateFileError == nil {
        events.add(.failure, .error, "the state file cannot be written, lbd goes on without: \(error)")
      }
      status.stateFileError = "\(error)"
    }
  }
}
