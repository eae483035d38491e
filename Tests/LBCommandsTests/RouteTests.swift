import ControlAPI
import Testing

@Suite struct RouteTests {
  @Test(arguments: [
    (Route.overview, "GET /v1/overview"),
    (.status, "GET /v1/status"),
    (.events(after: nil), "GET /v1/events"),
    (.events(after: 7), "GET /v1/events?after=7"),
    (.services, "GET /v1/services"),
    (.service("RomexisVIP"), "GET /v1/services/RomexisVIP"),
    (.service("a b/ü?"), "GET /v1/services/a%20b%2F%C3%BC%3F"),
    (
      .state(.one(service: "S", server: "R"), dryRun: false),
      "PUT /v1/services/S/servers/R/state"
    ),
    (.state(.everywhere("10.0.0.1"), dryRun: true), "PUT /v1/servers/10.0.0.1/state?dryRun=true"),
    (.checkConfiguration, "POST /v1/config/check"),
    (.planConfiguration, "POST /v1/config/plan"),
    (.reloadConfiguration, "POST /v1/config/reload"),
    (.metrics, "GET /metrics"),
  ])
  func bothSidesAgree(route: Route, line: String) throws {
    #expect("\(route.method.rawValue) \(route.target)" == line)
    #expect(try Route(method: route.method.rawValue, target: route.target) == route)
  }

  @Test func aMisspeltDryRunIsNeverTheRealThing() {
    for query in ["dryrun=true", "dryRun", "dryRun=yes", "dryRun=true&dryRun=false", "dry%52un=maybe"] {
      let error = #expect(throws: APIError.self) {
        try Route(method: "PUT", target: "/v1/services/S/servers/R/state?\(query)")
      }
      #expect(error?.status == 400)
    }
  }

  @Test(arguments: [
    "/", "", "//", "/v1", "/v2/overview", "/v1/overview/", "/v1/services/S/servers/R", "/v1/services/S/servers",
    "/metrics/x", "/v1/config/show",
  ])
  func unknownPaths(target: String) {
    let error = #expect(throws: APIError.self) { try Route(method: "GET", target: target) }
    #expect(error?.status == 404 || error?.status == 400)
  }

  @Test(arguments: ["/v1/services/%", "/v1/services/%4", "/v1/services/%zz", "/v1/services/%FF", "*"])
  func malformedPaths(target: String) {
    let error = #expect(throws: APIError.self) { try Route(method: "GET", target: target) }
    #expect(error?.status == 400)
  }

  @Test func wrongMethods() {
    let error = #expect(throws: APIError.self) { try Route(method: "DELETE", target: "/v1/overview") }
    #expect(error?.status == 405)
  }

  @Test func onlyWhatChangesNeedsTheRightToChange() {
    let server = ServerSelection.one(service: "S", server: "R")
    #expect(Route.state(server, dryRun: false).access == .change)
    #expect(Route.state(server, dryRun: true).access == .read)
    #expect(Route.reloadConfiguration.access == .change)
    #expect(Route.planConfiguration.access == .read)
    #expect(Route.overview.access == .read)
  }
}
