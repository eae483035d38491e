import ControlAPI
import Diagnosis
import Director
import LoadBalancing
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct BackgroundExaminationTests {
  private let name = ServerName(service: "Web", server: "a")

  @Test func everyFewMinutesAndWhenAServerComesUp() {
    var schedule = ExaminationSchedule()
    let looks: [(second: Int, up: Set<ServerName>)] = [
      (5, []), (10, []), (60, [name]), (65, [name]), (200, [name]), (364, []), (365, []),
      // It was away: it comes up again.
      (425, [name]),
    ]
    let due = looks.filter { schedule.isDue(at: .seconds($0.second), up: $0.up) }.map(\.second)
    #expect(due == [5, 65, 365, 425])
  }

  @Test func whatIsNewAndWhatIsGoneIsAnEventAndAWarning() async throws {
    try await ReloaderFixture.running { fixture in
      let before = await fixture.director.lastEvent
      let finding = Finding(.wrongGateway, service: "Web", server: "a", evidence: "seen so", remedies: [])
      await fixture.director.note(mistakes: [Mistake(finding)])
      var again = finding
      again.evidence = "seen otherwise"
      await fixture.director.note(mistakes: [Mistake(again)])
      let warnings = try await fixture.control.overview().warnings
      #expect(warnings.contains("Web/a: wrong-gateway: seen otherwise; see 'lbctl diagnose'"))
      let metrics = try await fixture.control.metrics()
      #expect(metrics.contains("lbd_findings{code=\"wrong-gateway\",service=\"Web\",server=\"a\"} 1\n"))
      await fixture.director.note(mistakes: [])
      let events = await fixture.director.events(after: before).filter { $0.kind == .warning }
      #expect(
        events.map(\.message) == [
          "wrong-gateway: seen so; 'lbctl diagnose' says what mends it", "wrong-gateway: not found any more",
        ])
      let after = try await fixture.control.overview().warnings
      #expect(!after.contains { $0.contains("wrong-gateway") })
    }
  }
}
