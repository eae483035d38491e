import CheckPrograms
import LinuxSystem
import LoadBalancing

/// The check `external`: a program of the operator's, run by the helper `lbd-checks`; exit status 0 is up.
struct ExternalProbe: Sendable {
  let loop: EpollLoop
  let helper: ProgramHelper

  func probe(_ check: ExternalCheck, timeout: Duration) async -> ProbeOutcome {
    var environment = check.environment
    environment["PATH"] = ProgramHelper.searchPath
    environment["LBD_TIMEOUT"] = String(timeout / .seconds(1))
    let request = ProgramRequest(
      program: ProgramHelper.path(of: check.command), arguments: check.arguments, environment: environment,
      timeout: timeout)
    do throws(ProgramHelperError) {
      return Self.outcome(try await helper.run(request, over: loop))
    } catch {
      return .inconclusive("not checked: \(error)")
    }
  }

  private static func outcome(_ reply: ProgramReply) -> ProbeOutcome {
    switch reply.outcome {
    case .passed: ProbeOutcome(.passed, reply.message)
    case .failed: ProbeOutcome(.failed, reply.message)
    case .notRun: .inconclusive("not checked: \(reply.message)")
    }
  }
}
