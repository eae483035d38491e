import ArgumentParser
import ControlAPI
import LBConfiguration
import LoadBalancing

/// A command that edits the configuration, by the daemon or without one.
protocol EditCommand: OfflineCommand {
  var edit: EditArguments { get }
  /// Whether adding what is there already is no error.
  var isIfAbsent: Bool { get }
  /// - Throws: `ValidationError` for options that contradict each other.
  func configurationEdit() throws -> ConfigurationEdit
}

/// What every editing command takes.
struct EditArguments: ParsableArguments {
  @Flag(help: "Change nothing, and print what would change.")
  var dryRun = false
}

/// What every adding command takes besides.
struct AddArguments: ParsableArguments {
  @Flag(help: "Succeed when the same thing is there already.")
  var ifAbsent = false
}

extension EditCommand {
  var isIfAbsent: Bool { false }

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let edit: ConfigurationEdit
    do {
      edit = try configurationEdit()
    } catch {
      throw CommandFailure(status: .usage, message: "\(error)", code: .malformedRequest)
    }
    let options = ControlAPI.EditOptions(dryRun: self.edit.dryRun, ifAbsent: isIfAbsent)
    let outcome =
      offline.offline
      ? try makeOffline(edit, options)
      : try await session.ask { client throws(ControlError) in
        try await client.edit(edit.target, edit.element, options: options)
      }
    session.show(outcome, EditOutcomeText(outcome: outcome).lines)
    return .done
  }

  /// Blocks while it reads and writes; nothing else runs in this process.
  private func makeOffline(
    _ edit: ConfigurationEdit, _ options: ControlAPI.EditOptions
  ) throws(CommandFailure) -> EditOutcome {
    do throws(EditError) {
      let prepared = try offline.sources.edit(edit, ifAbsent: options.ifAbsent, dryRun: options.dryRun)
      let differences = prepared.differences
      return EditOutcome(
        changes: (differences ?? []).map(PlannedChange.init), dryRun: options.dryRun, file: prepared.path,
        notes: prepared.notes + [prepared.renaming?.loss].compactMap(\.self)
          + (options.dryRun && differences == nil ? prepared.lines : []))
    } catch {
      throw CommandFailure(error)
    }
  }
}

extension Renaming {
  /// What only the daemon, which remembers what operators said, could hand on.
  fileprivate var loss: String {
    switch self {
    case .service(let old, let new):
      "without the daemon a halt or drain in \(old) does not go along: repeat it for \(new) when lbd runs"
    case .server(let name, let new):
      "without the daemon a halt or drain of \(name.service)/\(name.server) does not go along: "
        + "repeat it for \(name.service)/\(new) when lbd runs"
    }
  }
}

extension PlannedChange {
  fileprivate init(_ difference: ConfigurationDifference) {
    let action: Action =
      switch difference.action {
      case .add: .add
      case .change: .change
      case .remove: .remove
      }
    self.init(
      action: action, service: difference.service, server: difference.server, message: difference.message,
      cutsConnections: difference.cutsConnections)
  }
}

extension CommandFailure {
  init(_ error: EditError) {
    switch error {
    case .noSuchService: self.init(status: .notFound, message: "\(error)", code: .noSuchService)
    case .noSuchServer: self.init(status: .notFound, message: "\(error)", code: .noSuchServer)
    case .noSuchCheck: self.init(status: .notFound, message: "\(error)", code: .noSuchCheck)
    case .noSuchFloatingIP: self.init(status: .notFound, message: "\(error)", code: .noSuchFloatingIP)
    case .exists, .sameEntry: self.init(status: .existsAlready, message: "\(error)", code: .existsAlready)
    case .wrongRequest: self.init(status: .usage, message: "\(error)", code: .malformedRequest)
    case .configuration(let errors):
      self.init(
        status: .configurationErrors, message: "the configuration would have errors; nothing is written",
        details: errors.problems.map(\.description), code: .configurationErrors)
    case .notPermitted: self.init(status: .notPermitted, message: "\(error)", code: .notPermitted)
    case .busy, .failed: self.init(status: .failed, message: "\(error)")
    }
  }
}
