import LoadBalancing
import Testing

@testable import LBConfiguration

/// The attributes of each kind of check that speaks to an application.
@Suite struct ApplicationCheckTests {
  private let prefix = "2: health-check of virtual-service 'Web': "

  private func kind(_ attributes: String, ports: String = "80") throws -> HealthCheck.Kind? {
    try service(web("", "<health-check \(attributes)/>", ports: ports)).healthChecks.first?.kind
  }

  private func found(_ attributes: String) -> [String] {
    webProblems("", "<health-check \(attributes)/>").map {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
    }
  }

  private static let joe = Credentials(user: "joe", password: Secret("tiger"))
  private static let login = "user='joe' password='tiger'"

  struct Case: Sendable, CustomTestStringConvertible {
    let attributes: String
    let check: ApplicationCheck
    var port: UInt16?
    var testDescription: String { attributes }
  }

  @Test(arguments: [
    Case(attributes: "type='tcp'", check: .tcp(PayloadCheck())),
    Case(
      attributes: "type='tcp' port='7' send='a\\r\\n\\x00\\101\\\\' expect='\\tb'",
      check: .tcp(
        PayloadCheck(send: [0x61, 0x0D, 0x0A, 0, 0x41, 0x5C], expectation: .text([9, 0x62]))), port: 7),
    Case(
      attributes: "type='udp' expect-regex='^o+k$'", check: .udp(PayloadCheck(expectation: .regex("^o+k$")))),
    Case(attributes: "type='http'", check: .http(HTTPCheck())),
    Case(
      attributes: "type='http' port='8080' method='OPTIONS' path='/a?b=1' host='www.example.org' status='200-299,401'"
        + " expect='fine' " + login,
      check: .http(
        HTTPCheck(
          method: .options, path: "/a?b=1", host: "www.example.org", statuses: [200...299, 401...401],
          expectation: .text(Array("fine".utf8)), credentials: joe)), port: 8080),
    Case(attributes: "type='dicom'", check: .dicom(DICOMCheck())),
    Case(
      attributes: "type='dicom' port='104' called-ae-title='PACS 1' calling-ae-title='LB'",
      check: .dicom(DICOMCheck(calledAETitle: "PACS 1", callingAETitle: "LB")), port: 104),
    Case(attributes: "type='dns' name='example.org'", check: .dns(DNSCheck(name: "example.org"))),
    Case(
      attributes: "type='dns' name='.' record='NS' expect='a.root-servers.net' transport='tcp' port='5353'",
      check: .dns(DNSCheck(name: ".", record: .ns, expected: "a.root-servers.net", transport: .tcp)), port: 5353),
    Case(attributes: "type='smtp' " + login, check: .smtp(LoginCheck(credentials: joe))),
    Case(attributes: "type='imap' tls='no'", check: .imap(LoginCheck())),
    Case(attributes: "type='pop3' port='110'", check: .pop3(LoginCheck()), port: 110),
    Case(attributes: "type='ftp'", check: .ftp(LoginCheck())),
    Case(
      attributes: "type='ldap' base='dc=example' " + login,
      check: .ldap(LDAPCheck(credentials: joe, base: "dc=example"))
    ),
    Case(attributes: "type='https'", check: .http(HTTPCheck(tls: TLSSettings()))),
    Case(
      attributes: "type='https' port='443' server-name='www.example.org' verify='yes' ca-file='/etc/lbd/ca.pem'",
      check: .http(
        HTTPCheck(
          tls: TLSSettings(
            serverName: "www.example.org", verifiesCertificate: true, authoritiesFile: "/etc/lbd/ca.pem"))), port: 443),
    Case(attributes: "type='smtp' tls='starttls' port='25'", check: .smtp(LoginCheck(tls: .starttls)), port: 25),
    Case(attributes: "type='imap' tls='yes' port='993'", check: .imap(LoginCheck(tls: .yes)), port: 993),
    Case(attributes: "type='ldap' tls='starttls'", check: .ldap(LDAPCheck(tls: .starttls))),
    Case(attributes: "type='sip' tls='yes'", check: .sip(SIPCheck(tls: .yes))),
    Case(attributes: "type='mysql'", check: .mysql(DatabaseCheck())),
    Case(
      attributes: "type='mysql' tls='starttls' database='shop' query='SELECT 1' " + login,
      check: .mysql(DatabaseCheck(tls: .starttls, credentials: joe, database: "shop", query: "SELECT 1"))),
    Case(
      attributes: "type='postgresql' port='5432' tls='yes' " + login,
      check: .postgresql(DatabaseCheck(tls: .yes, credentials: joe)), port: 5432),
    Case(
      attributes: "type='redis' password='tiger'",
      check: .redis(LoginCheck(credentials: Credentials(user: "", password: Secret("tiger"))))),
    Case(
      attributes: "type='radius' secret='s' " + login,
      check: .radius(RADIUSCheck(secret: Secret("s"), credentials: joe))
    ),
    Case(attributes: "type='sip'", check: .sip(SIPCheck())),
    Case(attributes: "type='ntp' port='123'", check: .ntp, port: 123),
  ])
  func isRead(_ table: Case) throws {
    #expect(try kind(table.attributes) == .application(table.check, port: table.port))
    #expect(table.attributes.hasPrefix("type='\(table.check.type)'"))
  }

  @Test func pingHasNoAttributes() throws {
    #expect(try kind("type='ping'", ports: "*") == .ping)
    #expect(found("type='ping' port='7'").first?.hasPrefix("unknown attribute port=\"7\"") == true)
  }

  @Test(
    arguments: [
      ("type='tcp' send='\\q'", "send=\"\\q\" has \\q, which is no escape of C"),
      ("type='tcp' send='\\'", "send=\"\\\" ends with a backslash"),
      ("type='tcp' expect='\\x1'", "expect=\"\\x1\" has \\x without two hexadecimal digits"),
      ("type='tcp' expect='\\777'", "expect=\"\\777\" has an octal escape over \\377"),
      ("type='udp' expect-regex='a('", "expect-regex=\"a(\" is no regular expression: "),
      ("type='udp' expect-regex='(a)\\1'", "expect-regex=\"(a)\\1\" has a back reference"),
      ("type='udp' expect-regex='(?i)a'", "expect-regex=\"(?i)a\" has (?, which"),
      ("type='http' method='POST'", "method=\"POST\" is not allowed; allowed: GET, HEAD, OPTIONS"),
      ("type='http' method='HEAD' expect='a'", "method=\"HEAD\" has no body in its answer"),
      ("type='http' path='health'", "path=\"health\" is not allowed; allowed: a path like"),
      ("type='http' path='/a b'", "path=\"/a b\" is not allowed"),
      ("type='http' host='a&#13;&#10;b'", "host=\"a\u{FFFD}\u{FFFD}b\" is not allowed"),
      ("type='http' user='joe'", "user=\"joe\" stands without password"),
      ("type='http' password='tiger'", "password=\"(hidden)\" stands without user"),
      ("type='dicom' called-ae-title='12345678901234567'", "called-ae-title=\"12345678901234567\" is not allowed"),
      ("type='dicom' called-ae-title='A\\B'", "called-ae-title=\"A\\B\" is not allowed"),
      ("type='dns'", "the attribute name is missing: dns needs to know what to ask for"),
      ("type='dns' name='a..b'", "name=\"a..b\" is not allowed"),
      ("type='dns' name='a' record='ANY'", "record=\"ANY\" is not allowed; allowed: A, AAAA, "),
      ("type='smtp' tls='perhaps'", "tls=\"perhaps\" is not allowed; allowed: no, yes, starttls"),
      ("type='mysql' query='SELECT 1'", "query=\"SELECT 1\" stands without user and password; it needs a login"),
      ("type='mysql' password='tiger'", "password=\"(hidden)\" stands without user"),
      ("type='redis' tls='starttls'", "tls=\"starttls\" is not possible: the protocol has no command for it"),
      ("type='https' ca-file='/etc/ca.pem'", "ca-file=\"/etc/ca.pem\" stands without verify=\"yes\""),
      ("type='https' verify='yes' ca-file='ca.pem'", "ca-file=\"ca.pem\" is not allowed; allowed: "),
      ("type='https' server-name='10.0.0.1'", "server-name=\"10.0.0.1\" is not allowed; allowed: a host name"),
      ("type='radius'", "the attribute secret is missing: radius needs to know the one that it shares"),
      ("type='ntp' port='0'", "port=\"0\" is not allowed; allowed: 1 to 65535"),
    ] as [(String, String)])
  func isRefused(attributes: String, message: String) {
    let found = found(attributes)
    #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
  }

  @Test func severalMistakesAreAllReported() {
    #expect(found("type='http' port='0' method='POST' path='x' status='9' user='u'").count == 5)
  }

  @Test func noMessageShowsASecret() {
    for attributes in [
      "type='ntp' password='tiger'", "type='ntp' pasword='tiger'", "type='radius' secret='ti&#10;ger'",
      "type='mysql' query='q' password='tiger'", "type='imap' password='ti&#9;ger'",
    ] {
      let found = found(attributes)
      #expect(!found.isEmpty && !found.contains { $0.contains("ger") }, "\(found)")
    }
  }

  @Test func theDefaultCheckOfAnUDPServiceNeedsOnePort() throws {
    let server = "<real-server label='A' address='10.0.0.2'/>"
    #expect(
      webProblems("protocol='udp'", server, ports: "53,853") == [
        "its default health check 'udp' asks one port, and the service has ports=\"53,853\"; "
          + "add a health-check with the attribute port"
      ])
    #expect(webProblems("protocol='udp'", server) == [])
    #expect(webProblems("protocol='udp'", server, ports: "*") == [])
    #expect(webProblems("protocol='udp'", server + "<health-check type='ping'/>", ports: "53,853") == [])
    #expect(webProblems("protocol='udp'", ports: "53,853") == [], "no server, no check")
  }
}
