import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Director

@Suite struct RenamingTests {
  private let configuration = LoadBalancer(virtualServices: [Samples.romexis, Samples.web])

  @Test func whatIsRememberedGoesAlong() {
    var saved = SavedState()
    saved[ServerName(service: "RomexisVIP", server: "RomexisServer1")] = .halt
    saved[ServerName(service: "Old", server: "left")] = .drain
    saved.marks = MarkAssignment(marks: ["RomexisVIP": 7])
    saved.rename(.service("RomexisVIP", to: "Old"))
    #expect(saved.operatorStates == ["Old": ["RomexisServer1": .halt]])
    #expect(saved.marks.marks == ["Old": 7])
    saved.rename(.server(ServerName(service: "Old", server: "RomexisServer1"), to: "one"))
    #expect(saved.operatorStates == ["Old": ["one": .halt]])
  }

  @Test func aLabelThatWasChangedWhileLbdWasNotThereHasItsMarkStill() {
    let base = MarkAssignment.defaultBase
    var saved = SavedState()
    saved.marks = MarkAssignment(marks: ["Old": base + 1])
    var model = Model(configuration: LoadBalancer(virtualServices: [Samples.romexis]), saved: saved)
    let selector = PacketMarkSelector(
      address: Samples.address("10.10.90.199"), protocolNumber: 6, ports: 104...104)
    model.learnMarks(
      from: ObservedState(
        services: [:], counters: [:], packetMarks: PacketMarkState(marks: [selector: base + 1]),
        interfaces: InterfaceSnapshot(), sysctls: [:]))
    #expect(model.saved.marks.marks == ["RomexisVIP": base + 1])
  }

  @Test func whatAgentsHaveSaidGoesAlong() {
    var service = Samples.web
    service.healthChecks = [HealthCheck(.agent(send: [], port: nil), timing: CheckTiming())]
    let word = AgentReport(share: 75, admission: .maintenance)
    var saved = SavedState()
    saved.agents = ["HTTP-Cluster": ["IIS1": [word]]]
    var model = Model(configuration: LoadBalancer(virtualServices: [service]), saved: saved)
    for renaming in [
      Renaming.service("HTTP-Cluster", to: "Web"), .server(ServerName(service: "Web", server: "IIS1"), to: "one"),
    ] {
      model.saved.rename(renaming)
      model.configure(model.configuration.renamed(renaming), renaming: renaming)
    }
    #expect(model.saved.agents == ["Web": ["one": [word]]])
    #expect(model.states["Web"]?.servers[0].isInMaintenance == true)
  }

  @Test func aLabelAloneIsNoOtherDifference() {
    let service = Renaming.service("RomexisVIP", to: "Romexis")
    let renamed = configuration.renamed(service)
    #expect(
      differences(from: configuration, to: renamed, renaming: service).map(\.description)
        == ["~ Romexis: label RomexisVIP → Romexis"])
    let server = Renaming.server(ServerName(service: "HTTP-Cluster", server: "rip2"), to: "IIS2")
    #expect(
      differences(from: configuration, to: configuration.renamed(server), renaming: server).map(\.description)
        == ["~ HTTP-Cluster: label rip2 → IIS2"])
  }

  @Test func aRenamingOfWhatIsNotThereIsNoDifference() {
    let renaming = Renaming.service("Other", to: "Else")
    #expect(differences(from: configuration, to: configuration, renaming: renaming).isEmpty)
    #expect(differences(from: configuration, to: configuration, renaming: nil).isEmpty)
  }
}
