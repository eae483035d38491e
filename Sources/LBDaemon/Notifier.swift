import CheckPrograms
import ControlAPI
import Director
import LoadBalancing
import ServiceLifecycle

/// Tells the operator's program, `global/notify`, of changes of state: one after another, in their order.
///
/// A program that fails is run again after a while, a few times. What waits when lbd ends is not told.
struct Notifier<C: Clock<Duration>>: Service {
  static var timeout: Duration { .seconds(30) }
  /// Before the second attempt and those after it.
  static var pauses: [Duration] { [.seconds(1), .seconds(5), .seconds(25)] }

  let queue: StateChangeQueue
  let director: Director
  /// Runs a program without privileges.
  let runProgram: @Sendable (ProgramRequest) async throws(ProgramHelperError) -> ProgramReply
  let clock: C

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await queue.forEach { event, dropped in
        guard let command = await director.configuration.global.notifyCommand else { return }
        if dropped > 0 {
          queue.count { $0.dropped += dropped }
          await director.note(
            .warning, .warning,
            "the notify program \(command) was not told of changes of state, too many waited: \(dropped)")
        }
        await notify(event, command)
      }
    }
  }

  private func notify(_ event: DirectorEvent, _ command: String) async {
    let request = ProgramRequest(notifying: event, command: command, timeout: Self.timeout)
    var ending = await attempt(request)
    for pause in Self.pauses where ending != nil {
      guard (try? await clock.sleep(for: pause)) != nil else { return }
      ending = await attempt(request)
    }
    guard let ending else { return queue.count { $0.delivered += 1 } }
    queue.count { $0.failed += 1 }
    let subject = [event.service, event.server].compactMap(\.self).joined(separator: "/")
    await director.note(
      .warning, .warning,
      "the notify program \(command) failed \(Self.pauses.count + 1) times for \(subject) \(event.state ?? ""): \(ending)"
    )
  }

  /// How the program failed; nil when it did not.
  private func attempt(_ request: ProgramRequest) async -> String? {
    do throws(ProgramHelperError) {
      let reply = try await runProgram(request)
      return reply.outcome == .passed ? nil : reply.message
    } catch {
      return error.description
    }
  }
}

extension ProgramRequest {
  /// Arguments: event, service, server (empty when it is not about one), state; the same and more by name in the
  /// environment.
  init(notifying event: DirectorEvent, command: String, timeout: Duration) {
    let values: [String: String?] = [
      "LBD_EVENT": event.kind.rawValue, "LBD_SERVICE": event.service, "LBD_SERVER": event.server,
      "LBD_STATE": event.state, "LBD_MESSAGE": event.message, "LBD_SEVERITY": event.severity.rawValue,
      "LBD_USER": event.user, "LBD_TIME": Timestamp(seconds: event.at).description, "LBD_ID": "\(event.id)",
      "LBD_TIMEOUT": "\(timeout.seconds)", "PATH": ProgramHelper.searchPath,
    ]
    self.init(
      program: ProgramHelper.path(of: command),
      arguments: [event.kind.rawValue, event.service ?? "", event.server ?? "", event.state ?? ""],
      environment: values.compactMapValues(\.self), timeout: timeout)
  }
}
