import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct HealthCheckConflictTests {
  private let prefix = "2: health-check of virtual-service 'Web': "

  @Test func connectInAnUDPServiceIsAnError() {
    #expect(
      webProblems("protocol='udp'", "<health-check type='connect' port='80'/>") == [
        prefix + "type=\"connect\" is not possible in a udp service: nothing accepts connections; use udp or ping"
      ])
    #expect(webProblems("protocol='tcp+udp'", "<health-check type='connect'/>") == [])
    #expect(webProblems("protocol='sctp'", "<health-check type='connect'/>") == [])
  }

  @Test func unknownKindsGetAGuess() {
    let found = webProblems("", "<health-check type='conect'/>")
    #expect(found.count == 1)
    #expect(found[0].hasPrefix(prefix + "type=\"conect\" is not allowed; allowed: on, off, connect, ping, http, "))
    #expect(found[0].hasSuffix("; did you mean `connect`?"))
  }

  @Test func kindsThatCannotRunAreNotSupportedYet() {
    for kind in HealthCheckKindRule.all where kind.read == nil {
      let found = webProblems("", "<health-check type='\(kind.type)'/>")
      #expect(found.count == 1)
      #expect(
        found[0].hasPrefix(
          prefix + "type=\"\(kind.type)\" is not supported yet; supported are on, off, connect, ping, http, "))
    }
  }

  @Test func attributesOfOtherKindsAreUnknown() {
    let found = webProblems("", "<health-check type='on' port='80'/>")
    #expect(
      found == [
        prefix
          + "unknown attribute port=\"80\"; allowed: type, interval, timeout, failures, successes, fast-interval, via"
      ])
    #expect(webProblems("", "<health-check type='connect' path='/'/>").count == 1)
  }

  @Test(arguments: [
    ("104", CheckPorts.list([104])), ("104,1099", .list([104, 1099])), ("1099, 104-106", .list([104, 105, 106, 1099])),
    ("all", .all),
  ])
  func portsToConnectTo(text: String, ports: CheckPorts) throws {
    let checks = try service(web("", "<health-check type='connect' port='\(text)'/>")).healthChecks
    #expect(checks == [HealthCheck(.connect(ports), timing: CheckTiming())])
  }

  @Test(arguments: ["*", "0", "1-65535", "every", ""])
  func wrongPortsToConnectTo(text: String) {
    #expect(webProblems("", "<health-check type='connect' port='\(text)'/>").count == 1)
  }

  @Test func connectNeedsAPortWhereTheServiceNamesNone() {
    #expect(
      webProblems("", "<health-check type='connect'/>", ports: "*") == [
        prefix + "the attribute port is missing: the service has ports=\"*\", and connect needs one to ask"
      ])
    #expect(
      webProblems("", "<health-check type='connect' port='all'/>", ports: "*") == [
        prefix + "port=\"all\" is not possible: the service has ports=\"*\"; allowed: a port or a list"
      ])
    #expect(webProblems("", "<health-check type='connect' port='22'/>", ports: "*") == [])
    let marked = "<virtual-service label='Web' firewall-mark='1'><health-check type='connect'/></virtual-service>"
    #expect(
      problems(document(marked)) == [
        prefix + "the attribute port is missing: the service has a firewall mark, and connect needs one to ask"
      ])
  }

  @Test func otherKindsNeedAPortWhereTheServiceHasSeveral() {
    let found = webProblems("", "<health-check type='http'/>", ports: "80,443")
    #expect(
      found.first == prefix + "the attribute port is missing: the service has ports=\"80,443\", and http asks one")
    #expect(webProblems("", "<health-check type='dns'/>", ports: "80,443").count == 1)
  }

  @Test func viaVIPNeedsServersThatHaveIt() {
    #expect(
      webProblems("forwarding='nat'", "<health-check type='connect' via='vip'/>") == [
        prefix + "via=\"vip\" does not go with forwarding=\"nat\"; allowed: dr and tun"
      ])
    #expect(webProblems("", "<health-check type='connect' via='vip'/>") == [])
  }

  @Test func oneExpectationIsEnough() {
    let found = webProblems("", "<health-check type='tcp' expect='a' expect-regex='b'/>")
    #expect(found.contains(prefix + "expect-regex=\"b\" stands beside expect; only one of them is allowed"))
  }

  @Test(
    arguments: [
      ("200", [200...200]), ("200,301-302", [200...200, 301...302]), (" 200 , 204 ", [200...200, 204...204]),
    ] as [(String, [ClosedRange<Int>])])
  func statusCodes(text: String, statuses: [ClosedRange<Int>]) throws {
    let checks = try service(web("", "<health-check type='http' status='\(text)'/>")).healthChecks
    #expect(checks.map(\.kind) == [.application(.http(HTTPCheck(statuses: statuses)), port: nil)])
  }

  @Test(arguments: ["99", "600", "300-200", "", "ok", "200-"])
  func wrongStatusCodes(text: String) throws {
    let found = webProblems("", "<health-check type='http' status='\(text)'/>")
    #expect(found.contains { $0.hasPrefix(prefix + "status=\"\(text)\" has ") }, "\(found)")
  }

  @Test func aServersOwnChecksNameTheServer() {
    let text = "<real-server label='A' address='10.0.0.2'><health-check type='onn'/></real-server>"
    #expect(
      webProblems("", text).first?.hasPrefix("2: health-check of real-server 'A' of virtual-service 'Web': type=")
        == true)
  }
}
