import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

extension Reloader {
  /// How often an edit is made anew because somebody else changed the file meanwhile.
  private static let attemptsMax = 8

  /// Makes an edit in the files as they are now and applies them; with mistakes in any of them nothing is written.
  func edit(
    _ edit: ConfigurationEdit, options: EditOptions, by user: String
  ) async throws(APIError) -> Applied<EditOutcome> {
    await gate.enter()
    defer { gate.leave() }
    do throws(EditError) {
      for _ in 0..<Self.attemptsMax {
        let prepared = try await keeper.prepare(edit, ifAbsent: options.ifAbsent)
        let loaded = try await possible(prepared.loaded)
        let outcome = EditOutcome(
          changes: await changes(to: loaded.loadBalancer, renaming: prepared.renaming), dryRun: options.dryRun,
          file: prepared.path, notes: prepared.notes)
        if options.dryRun || prepared.path == nil { return Applied(changes: outcome) }
        guard try await keeper.write(prepared) else { continue }
        return Applied(
          changes: outcome,
          shortfall: try await applyFiles(renaming: prepared.renaming, reason: "edit", by: user))
      }
      throw .busy(path: "the configuration")
    } catch {
      throw APIError(error)
    }
  }

  /// Restores the files of so many configurations ago and applies them.
  func rollback(
    back: UInt64, dryRun: Bool, by user: String
  ) async throws(APIError) -> Applied<[PlannedChange]> {
    await gate.enter()
    defer { gate.leave() }
    let files = try await earlierFiles(back)
    do throws(EditError) {
      let loaded = try await possible(files)
      let changes = await changes(to: loaded.loadBalancer)
      if dryRun { return Applied(changes: changes) }
      // Where the files cannot be written, what waits for confirmation waits on.
      try await keeper.restore(files)
      confirmation?.cancel()
      confirmation = nil
      return Applied(changes: changes, shortfall: try await applyFiles(files, reason: "rollback", by: user))
    } catch {
      throw APIError(error)
    }
  }

  func changes(to new: LoadBalancer, renaming: Renaming? = nil) async -> [PlannedChange] {
    differences(from: await director.configuration, to: new, renaming: renaming).map(PlannedChange.init)
  }

  /// - Parameter files: what has been put in place, which may be no file at all; nil: what is there.
  private func applyFiles(
    _ files: [SourceFile]? = nil, renaming: Renaming? = nil, reason: String, by user: String?
  ) async throws(EditError) -> String? {
    let reading: ConfigurationReading
    if let files { reading = await keeper.reading(of: files) } else { reading = await keeper.read() }
    do throws(RefusedConfiguration) {
      let applied = try await apply(reading, renaming: renaming, reason: reason, by: user)
      await stays()
      return applied.shortfall
    } catch {
      throw error.editError
    }
  }

  private func possible(_ loaded: LoadedConfiguration) async throws(EditError) -> LoadedConfiguration {
    do throws(RefusedConfiguration) {
      return try await judged(loaded)
    } catch {
      throw error.editError
    }
  }

  private func possible(_ files: [SourceFile]) async throws(EditError) -> LoadedConfiguration {
    switch ConfigurationLoader.load(files: files) {
    case .success(let loaded): return try await possible(loaded)
    case .failure(let errors): throw .configuration(errors)
    }
  }

  private func earlierFiles(_ back: UInt64) async throws(APIError) -> [SourceFile] {
    do throws(ConfigurationHistoryError) {
      if let files = try await keeper.files(back: back) { return files }
    } catch {
      throw .failed("\(error)")
    }
    throw APIError(
      status: 404, code: .nothingThere,
      message: "the history does not go back \(back) configurations; see 'lbctl config history'")
  }
}

extension RefusedConfiguration {
  fileprivate var editError: EditError {
    .configuration(
      ConfigurationErrors(
        problems: problems.map { .init(file: $0.file, line: $0.line > 0 ? $0.line : nil, message: $0.message) }))
  }
}
