import ControlAPI
import Director
import LBConfiguration
import LoadBalancing
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct EditingTests {
  private func edit(
    _ fixture: ReloaderFixture, _ target: EditTarget, _ attributes: [String: String] = [:],
    _ options: EditOptions = EditOptions()
  ) async throws(APIError) -> EditOutcome {
    try await fixture.control.edit(target, ElementRequest(attributes: attributes), options: options, by: "root")
  }

  @Test func anEditIsInTheFileAndInEffect() async throws {
    try await ReloaderFixture.running { fixture in
      let target = EditTarget.editServer(service: "Web", server: "a")
      let plan = try await edit(fixture, target, ["weight": "50"], EditOptions(dryRun: true))
      #expect(plan.changes.map(\.message) == ["weight of a 100 → 50"] && plan.dryRun)
      #expect(try fixture.text() == ReloaderFixture.text)
      let outcome = try await edit(fixture, target, ["weight": "50"])
      #expect(outcome.changes == plan.changes && outcome.file == fixture.directory + "/lbd.xml")
      #expect(
        try fixture.text() == ReloaderFixture.text.replacing("\"10.0.0.11\"/>", with: "\"10.0.0.11\" weight=\"50\"/>"))
      #expect(await fixture.director.configuration.virtualServices[0].realServers[0].weight == 50)
      let again = try await edit(fixture, target, ["weight": "50"])
      #expect(again.file == nil && again.changes.isEmpty)
    }
  }

  @Test func editsAtTheSameTimeAllArrive() async throws {
    try await ReloaderFixture.running { fixture in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...8 {
          group.addTask {
            _ = try await edit(
              fixture, .addServer(service: "Web"), ["label": "n\(number)", "address": "10.0.1.\(number)"])
          }
        }
        try await group.waitForAll()
      }
      #expect(Set(await fixture.servers()) == Set(["a"] + (1...8).map { "n\($0)" }))
    }
  }

  @Test func theOperatorsWordGoesAlongWithTheLabel() async throws {
    try await ReloaderFixture.running { fixture in
      let name = ServerName(service: "Web", server: "a")
      try await fixture.director.setOperatorState(.halt, of: name, by: "root")
      let server = try await edit(fixture, .editServer(service: "Web", server: "a"), ["label": "b"])
      #expect(server.changes.map(\.message) == ["label a → b"])
      let service = try await edit(fixture, .editService("Web"), ["label": "Portal"])
      #expect(service.changes.map(\.message) == ["label Web → Portal"])
      #expect(try await fixture.director.operatorState(of: ServerName(service: "Portal", server: "b")) == .halt)
      let copy = try await edit(fixture, .duplicateService("Portal"), ["label": "Copy", "address": "10.0.0.2"])
      #expect(copy.notes.contains("copied: ports 80"))
      #expect(try await fixture.director.operatorState(of: ServerName(service: "Copy", server: "b")) == .online)
    }
  }

  @Test func refusalsHaveTheirCodes() async throws {
    try await ReloaderFixture.running { fixture in
      for (target, attributes, status, code) in [
        (EditTarget.deleteService("Wbe"), [:], 404, APIError.Code.noSuchService),
        (.deleteServer(service: "Web", server: "x"), [:], 404, .noSuchServer),
        (.deleteCheck(service: "Web", server: nil, index: 1), [:], 404, .noSuchCheck),
        (.deleteFloatingIP("10.0.0.9"), [:], 404, .noSuchFloatingIP),
        (.addService, ["label": "Web"], 409, .existsAlready),
        (.duplicateService("Web"), ["label": "Other"], 409, .existsAlready),
        (.addService, [:], 400, .malformedRequest), (.editService("Web"), ["prots": "1"], 400, .malformedRequest),
        (.editService("Web"), ["ports": "0"], 422, .configurationErrors),
      ] as [(EditTarget, [String: String], Int, APIError.Code)] {
        let error = await #expect(throws: APIError.self) { try await edit(fixture, target, attributes) }
        #expect(error?.status == status, "\(target)")
        #expect(error?.code == code, "\(target)")
      }
      let text = try fixture.text()
      #expect(text == ReloaderFixture.text)
      let same = ["label": "a", "address": "10.0.0.11"]
      let outcome = try await edit(fixture, .addServer(service: "Web"), same, EditOptions(ifAbsent: true))
      #expect(outcome.file == nil)
    }
  }

  @Test func aBrokenDropInRefusesEveryEdit() async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write("<load-balancer>\n<x/></load-balancer>", to: "conf.d/a.xml")
      let error = await #expect(throws: APIError.self) { try await edit(fixture, .deleteService("Web")) }
      #expect(error?.details.first?.hasPrefix(fixture.directory + "/conf.d/a.xml:2: ") == true)
      #expect(try fixture.text() == ReloaderFixture.text)
    }
  }
}
