import LoadBalancing
import Testing

@testable import HealthChecks

/// A kind of check, how a well server talks with it, and what goes wrong.
struct KindSample: Sendable, CustomTestStringConvertible {
  let check: ApplicationCheck
  /// What the server says first.
  var greeting: [UInt8] = []
  var answers: [ScriptedPeer.Answer] = []
  /// Part of the message of a check that passed.
  let passes: String
  /// Instead of the server's first words, and part of the message then.
  var wrong: [UInt8] = Array("HTTP/1.0 400 Bad Request\r\n\r\n".utf8)
  let wrongMessage: String
  /// What a hanging server owes.
  let awaited: String

  var testDescription: String { "\(check.type) \(passes)" }

  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  static func always(_ answer: String) -> ScriptedPeer.Answer { { _ in Array(answer.utf8) } }
  static func always(_ answer: [UInt8]) -> ScriptedPeer.Answer { { _ in answer } }

  /// Answers only to a message that begins so.
  static func to(_ request: String, _ answer: String) -> ScriptedPeer.Answer {
    { $0.starts(with: Array(request.utf8)) ? Array(answer.utf8) : Array("?unexpected \(request)\r\n".utf8) }
  }

  static let login = LoginCheck(credentials: Credentials(user: "joe", password: Secret("tiger")))

  static let all: [KindSample] = texts + binaries + databases

  /// Those that go on over TLS when the server agrees; without it here.
  static let upgrades: [KindSample] = [
    KindSample(
      check: .smtp(LoginCheck(tls: .starttls)), greeting: text("220 x\r\n"),
      answers: [always("250-x\r\n250 STARTTLS\r\n"), to("STARTTLS\r\n", "220 go\r\n"), always("250 x\r\n")],
      passes: "SMTP '220 x'", wrongMessage: "", awaited: ""),
    KindSample(
      check: .imap(LoginCheck(tls: .starttls, credentials: login.credentials)), greeting: text("* OK x\r\n"),
      answers: [to("A1 STARTTLS\r\n", "A1 OK go\r\n"), to("A2 LOGIN \"joe\" \"tiger\"\r\n", "A2 OK in\r\n")],
      passes: "IMAP '* OK x'", wrongMessage: "", awaited: ""),
    KindSample(
      check: .pop3(LoginCheck(tls: .starttls, credentials: login.credentials)), greeting: text("+OK x\r\n"),
      answers: [to("STLS\r\n", "+OK\r\n"), to("USER joe\r\n", "+OK\r\n"), to("PASS tiger\r\n", "+OK\r\n")],
      passes: "POP3 '+OK x'", wrongMessage: "", awaited: ""),
    KindSample(
      check: .ftp(LoginCheck(tls: .starttls, credentials: login.credentials)), greeting: text("220 x\r\n"),
      answers: [to("AUTH TLS\r\n", "234 go\r\n"), to("USER joe\r\n", "331\r\n"), to("PASS tiger\r\n", "230 in\r\n")],
      passes: "FTP '220 x'", wrongMessage: "", awaited: ""),
    KindSample(
      check: .ldap(LDAPCheck(tls: .starttls)),
      answers: [
        always(WireSamples.ldapResult(1, tag: 0x78, code: 0)), always(WireSamples.ldapResult(2, tag: 0x61, code: 0)),
      ], passes: "LDAP bind", wrongMessage: "", awaited: ""),
    KindSample(
      check: .mysql(DatabaseCheck(tls: .yes)), greeting: WireSamples.mariaDBGreeting,
      answers: [always(WireSamples.mysqlDenied)], passes: "MySQL '10.11'", wrongMessage: "", awaited: ""),
    KindSample(
      check: .postgresql(DatabaseCheck(tls: .starttls)),
      answers: [to("\u{0}\u{0}\u{0}\u{8}\u{4}", "S"), always([0x52, 0, 0, 0, 8, 0, 0, 0, 3])],
      passes: "PostgreSQL accepts connections", wrongMessage: "", awaited: ""),
    sip,
  ]

  /// Over TLS the answer comes in parts, and others may come before it.
  static let sip = KindSample(
    check: .sip(SIPCheck(tls: .yes)),
    answers: [
      { request in
        let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
        guard lines.contains(where: { $0.hasPrefix("Via: SIP/2.0/TLS ") }) else { return nil }
        let identifier = lines.first { $0.hasPrefix("Call-ID: ") } ?? ""
        return text("SIP/2.0 100 Trying\r\n\(identifier)\r\n\r\nSIP/2.0 200 OK\r\nVia: x\r\n\(identifier)\r\n\r\n")
      }
    ], passes: "SIP 'SIP/2.0 200 OK'", wrongMessage: "no SIP: 'HTTP/1.0 400 Bad Request'", awaited: "SIP answer")

  private static let texts: [KindSample] = [
    KindSample(
      check: .tcp(PayloadCheck(send: text("hello"), expectation: .text(text("world")))),
      answers: [to("hello", "hello world")], passes: "reply with 'world'",
      wrongMessage: "no reply with 'world' within", awaited: "reply with 'world'"),
    KindSample(
      check: .udp(PayloadCheck(send: [0, 1], expectation: .regex("^ok [0-9]+$"))), answers: [always("ok 42")],
      passes: "reply with a match of '^ok [0-9]+$'", wrongMessage: "expected a match of '^ok [0-9]+$', got 'HTTP/1.0",
      awaited: "reply with a match of '^ok [0-9]+$'"),
    KindSample(
      check: .http(HTTPCheck(path: "/health", host: "www.example.org", expectation: .text(text("fine")))),
      answers: [
        to("GET /health HTTP/1.1\r\nHost: www.example.org\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nI'm fine")
      ], passes: "HTTP 200 OK, body with 'fine'", wrongMessage: "HTTP 400 Bad Request, expected 200",
      awaited: "HTTP answer"),
    KindSample(
      check: .smtp(login), greeting: text("220-mail\r\n220 mail.example.org ESMTP\r\n"),
      answers: [
        to("EHLO ", "250-mail.example.org\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"),
        to("AUTH PLAIN AGpvZQB0aWdlcg==\r\n", "235 2.7.0 fine\r\n"),
      ], passes: "SMTP '220 mail'", wrongMessage: "no SMTP: 'HTTP/1.0 400 Bad Request'", awaited: "SMTP greeting"),
    KindSample(
      check: .imap(login), greeting: text("* OK IMAP4rev1 ready\r\n"),
      answers: [to("A2 LOGIN \"joe\" \"tiger\"\r\n", "* CAPABILITY IMAP4rev1\r\nA2 OK logged in\r\n")],
      passes: "IMAP '* OK IMAP4rev1 ready'", wrongMessage: "expected an IMAP greeting, got 'HTTP/1.0 400 Bad Request'",
      awaited: "IMAP greeting"),
    KindSample(
      check: .pop3(login), greeting: text("+OK ready\r\n"),
      answers: [to("USER joe\r\n", "+OK\r\n"), to("PASS tiger\r\n", "+OK 3 messages\r\n")], passes: "POP3 '+OK ready'",
      wrongMessage: "expected +OK as POP3 greeting, got 'HTTP/1.0 400 Bad Request'", awaited: "POP3 greeting"),
    KindSample(
      check: .ftp(login), greeting: text("220-Welcome\r\n to this\r\n220 server\r\n"),
      answers: [to("USER joe\r\n", "331 password\r\n"), to("PASS tiger\r\n", "230 in\r\n")],
      passes: "FTP '220 Welcome'", wrongMessage: "no FTP: 'HTTP/1.0 400 Bad Request'", awaited: "FTP greeting"),
    KindSample(
      check: .redis(LoginCheck(credentials: Credentials(user: "", password: Secret("tiger")))),
      answers: [to("*2\r\n$4\r\nAUTH\r\n$5\r\ntiger\r\n", "+OK\r\n"), to("*1\r\n$4\r\nPING\r\n", "+PONG\r\n")],
      passes: "PONG", wrongMessage: "expected an answer to AUTH that agrees, got 'HTTP/1.0 400 Bad Request'",
      awaited: "answer to AUTH"),
    KindSample(
      check: .sip(SIPCheck()),
      answers: [
        { request in
          let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
          let identifier = lines.first { $0.hasPrefix("Call-ID: ") } ?? ""
          return text("SIP/2.0 200 OK\r\nVia: x\r\n\(identifier)\r\nContent-Length: 0\r\n\r\n")
        }
      ], passes: "SIP 'SIP/2.0 200 OK'", wrongMessage: "no SIP: 'HTTP/1.0 400 Bad Request'", awaited: "SIP answer"),
  ]

  private static let binaries: [KindSample] = [
    KindSample(
      check: .dicom(DICOMCheck()),
      answers: [
        always(WireSamples.associationAccept), always(WireSamples.echoResponse(status: 0)),
        always([6, 0, 0, 0, 0, 4, 0, 0, 0, 0]),
      ], passes: "C-ECHO answered by 'ANY-SCP'", wrongMessage: "no DICOM: 'HTTP/1.0 400",
      awaited:
        "answer to the association request"),
    dns(.udp), dns(.tcp),
    KindSample(
      check: .ldap(LDAPCheck(base: "dc=example")),
      answers: [
        always(WireSamples.ldapResult(2, tag: 0x61, code: 0)),
        always(WireSamples.ldapEntry + WireSamples.ldapResult(3, tag: 0x65, code: 0)),
      ], passes: "LDAP bind and entry 'dc=example'", wrongMessage: "no LDAP: 'HTTP/1.0 400",
      awaited: "answer to the bind"),
    KindSample(
      check: .mysql(DatabaseCheck()), greeting: WireSamples.mysqlGreeting, answers: [always(WireSamples.mysqlDenied)],
      passes: "MySQL '8.0.36'", wrongMessage: "no MySQL: a packet of", awaited: "MySQL greeting"),
    KindSample(
      check: .postgresql(DatabaseCheck()), answers: [always([0x52, 0, 0, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4])],
      passes: "PostgreSQL accepts connections", wrongMessage: "no PostgreSQL: 'HTTP/1.0 400",
      awaited: "PostgreSQL answer"),
    KindSample(
      check: .radius(RADIUSCheck(secret: Secret("xyzzy5461"))), answers: [{ WireSamples.radiusAccept(to: $0) }],
      passes: "RADIUS status", wrongMessage: "no RADIUS answer within", awaited: "RADIUS answer"),
    KindSample(
      check: .ntp, answers: [{ WireSamples.ntpAnswer(to: $0) }], passes: "NTP stratum 2",
      wrongMessage: "no NTP answer within", awaited: "NTP answer"),
  ]

  private static func dns(_ transport: DNSCheck.Transport) -> KindSample {
    KindSample(
      check: .dns(DNSCheck(name: "www.example.org", expected: "192.0.2.7", transport: transport)),
      answers: [{ WireSamples.dnsAnswer(to: $0, isFramed: transport == .tcp) }],
      passes: "A record of 'www.example.org' is '192.0.2.7'", wrong: transport == .tcp ? [0, 2, 1, 2] : [1, 2],
      wrongMessage: transport == .tcp ? "no DNS: " : "no DNS answer within", awaited: "DNS answer")
  }
}
