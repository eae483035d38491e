import ControlAPI
import FoundationEssentials
import Testing

@Suite struct ControlJSONTests {
  private func text(_ value: some Encodable) throws -> String {
    String(decoding: try ControlJSON.compact(value), as: UTF8.self)
  }

  @Test func theOverviewIsThatOfTheReference() throws {
    #expect(try text(Samples.overview) == Samples.romexisJSON)
  }

  @Test func statesAndEvents() throws {
    #expect(try text(StateRequest(state: .drain)) == #"{"state":"drain"}"#)
    #expect(
      try text(Samples.events.events[1]) == """
        {"at":"2026-11-20T10:00:00Z","id":7,"kind":"operator","message":"halted","server":"RomexisServer1",\
        "service":"RomexisVIP","user":"root"}
        """)
  }

  @Test func errorsHaveTheBodyOfTheReference() throws {
    let error = APIError(status: 409, code: .existsAlready, message: "there is one", details: ["a/b"])
    #expect(
      try text(ErrorBody(error))
        == #"{"error":{"code":"exists-already","details":["a/b"],"message":"there is one"}}"#)
  }

  @Test func aServiceIsItsOverviewWithMoreKeys() throws {
    let json = try text(Samples.detail)
    #expect(json.contains(#""label":"RomexisVIP""#))
    #expect(json.contains(#""persistence":{"granularity":32,"timeout":300}"#))
  }

  @Test func whatIsWrittenIsRead() throws {
    func roundTrip<Value: Codable & Equatable>(_ value: Value) throws {
      #expect(try ControlJSON.decode(Value.self, from: ControlJSON.compact(value)) == value)
      #expect(try ControlJSON.decode(Value.self, from: ControlJSON.pretty(value)) == value)
    }
    try roundTrip(Samples.richOverview)
    try roundTrip(Samples.detail)
    try roundTrip(Samples.status)
    try roundTrip(Samples.troubledStatus)
    try roundTrip(Samples.plan)
    try roundTrip(Samples.halted)
    try roundTrip(Samples.events)
    try roundTrip(Samples.validCheck)
    try roundTrip(Samples.invalidCheck)
  }

  @Test(arguments: ["yesterday", "2026-11-20", "2026-13-20T10:00:00Z", ""]) func timesAreISO8601(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [0, 1, 1_795_168_800, 4_102_444_799]) func timesComeBack(seconds: Int64) {
    #expect(Timestamp(Timestamp(seconds: seconds).description) == Timestamp(seconds: seconds))
  }
}
