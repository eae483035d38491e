import Diagnosis
import Director
import LoadBalancing
import ServiceLifecycle

/// Looks for the mistakes that people make before a user calls, while `global` says `diagnose="yes"`.
struct BackgroundExamination<C: Clock<Duration>>: Service {
  private static var tick: Duration { .seconds(5) }

  let director: Director
  let examine: @Sendable () async throws -> [Finding]
  let clock: C

  func run() async throws {
    await cancelWhenGracefulShutdown {
      let began = clock.now
      var schedule = ExaminationSchedule()
      while (try? await clock.sleep(for: Self.tick)) != nil {
        guard await director.configuration.global.diagnose else {
          schedule = ExaminationSchedule()
          await director.note(mistakes: [])
          continue
        }
        guard schedule.isDue(at: began.duration(to: clock.now), up: await director.serversUp) else { continue }
        // What cannot be examined now is examined the next time; 'lbctl diagnose' tells the reason.
        guard let findings = try? await examine() else { continue }
        await director.note(mistakes: findings.map(Mistake.init))
      }
    }
  }
}

extension Mistake {
  init(_ finding: Finding) {
    self.init(
      code: finding.code.rawValue, service: finding.service, server: finding.server, evidence: finding.evidence)
  }
}
