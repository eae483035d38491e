import ControlAPI
import FoundationEssentials
import Testing

@Suite struct JSONSchemaTests {
  private let schema: JSONSchema

  init() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    schema = try JSONSchema(directory: "/\(root)/Config/schemas")
  }

  private func check(_ value: some Encodable, _ file: String) throws {
    #expect(try schema.faults(of: try ControlJSON.compact(value), against: file) == [])
  }

  @Test func everyAnswerFitsItsSchema() throws {
    try check(Samples.overview, "overview.json")
    try check(Samples.richOverview, "overview.json")
    try check(Samples.busyOverview, "overview.json")
    try check(Samples.status, "status.json")
    try check(Samples.troubledStatus, "status.json")
    try check(ServiceList(services: [Samples.detail]), "service-list.json")
    try check(Samples.detail, "service-show.json")
    try check(Samples.edit, "edit.json")
    try check(EditOutcome(changes: [], dryRun: true), "edit.json")
    try check(Samples.history, "config-history.json")
    try check(Samples.running, "config-show.json")
    try check(Samples.floatingIPs, "floating-ip-list.json")
    try check(Samples.plan, "config-rollback.json")
    try check(Samples.halted, "state-change.json")
    try check(Samples.validCheck, "config-check.json")
    try check(Samples.invalidCheck, "config-check.json")
    try check(Samples.plan, "config-plan.json")
    try check(
      ImportedConfiguration(configuration: "<load-balancer/>", notes: [.init(line: 1, message: "x")]),
      "config-import.json")
    try check(Samples.plan, "config-reload.json")
    try check(Samples.plan, "withdraw.json")
    try check(Samples.plan, "resume.json")
    try check(Samples.events, "events.json")
    try check(Samples.diagnosis, "diagnose.json")
    try check(Samples.connections, "connections.json")
    for event in Samples.events.events { try check(event, "event.json") }
    try check(ErrorBody(.configurationErrors(Samples.invalidCheck.errors)), "error.json")
  }

  @Test func theJSONOfTheReferenceFits() throws {
    #expect(try schema.faults(of: Data(Samples.romexisJSON.utf8), against: "overview.json") == [])
  }

  @Test(arguments: [
    #"{}"#, #"{"services":{}}"#, #"{"services":[{}]}"#, #"{"services":[],"warning":[]}"#,
    Samples.romexisJSON.replacing("green", with: "gold"),
    Samples.romexisJSON.replacing("\"port\":0", with: "\"port\":-1"),
    Samples.romexisJSON.replacing("\"passed\":true", with: "\"passed\":1"),
    Samples.romexisJSON.replacing("T10:00:00Z", with: " 10:00"),
  ])
  func whatDoesNotFitIsFound(document: String) throws {
    #expect(try !schema.faults(of: Data(document.utf8), against: "overview.json").isEmpty)
  }
}
