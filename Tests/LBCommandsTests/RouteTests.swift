import ControlAPI
import Testing

@Suite struct RouteTests {
  @Test(arguments: [
    (Route.overview, "GET /v1/overview"),
    (.status, "GET /v1/status"),
    (.events(after: nil), "GET /v1/events"),
    (.events(after: 7), "GET /v1/events?after=7"),
    (.connections(ConnectionFilter(), all: false), "GET /v1/connections"),
    (
      .connections(ConnectionFilter(service: "S", server: "a/b", client: "2001:db8::1", state: "SYN_RECV"), all: true),
      "GET /v1/connections?service=S&server=a%2Fb&client=2001%3Adb8%3A%3A1&state=SYN_RECV&all=true"
    ),
    (.diagnose(service: nil), "POST /v1/diagnose"),
    (.diagnose(service: "S"), "POST /v1/diagnose?service=S"),
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
    (.reloadConfiguration(confirmWithin: nil), "POST /v1/config/reload"),
    (.reloadConfiguration(confirmWithin: 60), "POST /v1/config/reload?confirmWithin=60"),
    (.confirmConfiguration(dryRun: false), "POST /v1/config/confirm"),
    (.confirmConfiguration(dryRun: true), "POST /v1/config/confirm?dryRun=true"),
    (.withdrawal(.withdraw, dryRun: true), "POST /v1/withdraw?dryRun=true"),
    (.withdrawal(.resume, dryRun: false), "POST /v1/resume"),
    (.rollbackConfiguration(back: 2, dryRun: true), "POST /v1/config/rollback?back=2&dryRun=true"),
    (.configuration, "GET /v1/config"),
    (.configurationHistory, "GET /v1/config/history"),
    (.floatingIPs, "GET /v1/floating-ips"),
    (.edit(.addService, EditOptions(ifAbsent: true)), "POST /v1/services?ifAbsent=true"),
    (.edit(.editService("S"), EditOptions(dryRun: true)), "PATCH /v1/services/S?dryRun=true"),
    (.edit(.duplicateService("S"), EditOptions()), "POST /v1/services/S/duplicate"),
    (.edit(.deleteService("S"), EditOptions()), "DELETE /v1/services/S"),
    (.edit(.addServer(service: "S"), EditOptions()), "POST /v1/services/S/servers"),
    (.edit(.editServer(service: "S", server: "a/b"), EditOptions()), "PATCH /v1/services/S/servers/a%2Fb"),
    (.edit(.deleteServer(service: "S", server: "checks"), EditOptions()), "DELETE /v1/services/S/servers/checks"),
    (.edit(.addCheck(service: "S", server: nil), EditOptions()), "POST /v1/services/S/checks"),
    (.edit(.editCheck(service: "S", server: "R", index: 2), EditOptions()), "PATCH /v1/services/S/servers/R/checks/2"),
    (.edit(.deleteCheck(service: "S", server: nil, index: 1), EditOptions()), "DELETE /v1/services/S/checks/1"),
    (.edit(.addFloatingIP, EditOptions()), "POST /v1/floating-ips"),
    (.edit(.deleteFloatingIP("10.0.0.1/24"), EditOptions()), "DELETE /v1/floating-ips/10.0.0.1%2F24"),
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
    "/", "", "//", "/v1", "/v2/overview", "/v1/overview/", "/v1/services/S/servers/R/x", "/v1/services/S/checks/x",
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

  @Test(arguments: ["/v1/config/reload?dryRun=true", "/v1/config/rollback?n=1", "/v1/config/check?dryRun=true"])
  func whatTheQueryCannotHaveIsNotIgnored(target: String) {
    let error = #expect(throws: APIError.self) { try Route(method: "POST", target: target) }
    #expect(error?.status == 400)
  }

  @Test func aPathSaysWhichMethodsItTakes() {
    let error = #expect(throws: APIError.self) { try Route(method: "PUT", target: "/v1/services/S") }
    #expect(error?.status == 405 && error?.message == "/v1/services/S takes GET or PATCH or DELETE, not PUT")
  }

  @Test func wrongMethods() {
    let error = #expect(throws: APIError.self) { try Route(method: "DELETE", target: "/v1/overview") }
    #expect(error?.status == 405)
  }

  @Test func onlyWhatChangesNeedsTheRightToChange() {
    let server = ServerSelection.one(service: "S", server: "R")
    #expect(Route.state(server, dryRun: false).access == .change)
    #expect(Route.state(server, dryRun: true).access == .read)
    #expect(Route.reloadConfiguration(confirmWithin: nil).access == .change)
    #expect(Route.planConfiguration.access == .read)
    #expect(Route.overview.access == .read)
    #expect(Route.diagnose(service: nil).access == .read)
    #expect(Route.edit(.addService, EditOptions()).access == .change)
    #expect(Route.edit(.addService, EditOptions(dryRun: true)).access == .read)
    #expect(Route.rollbackConfiguration(back: 1, dryRun: false).access == .change)
    #expect(Route.confirmConfiguration(dryRun: false).access == .change)
    #expect(Route.confirmConfiguration(dryRun: true).access == .read)
  }
}
