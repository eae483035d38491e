import LoadBalancing
import Testing

@testable import HealthChecks

/// What servers answer when something is wrong, and what the check says of it.
@Suite struct DialogueTests {
  private func failure(_ dialogue: any Dialogue, _ replies: [UInt8]..., isDatagram: Bool = false) -> String? {
    DialogueRun(dialogue, replies, closes: !isDatagram, isDatagram: isDatagram).failed
  }

  private func http(_ reply: String, _ check: HTTPCheck = HTTPCheck()) -> DialogueRun {
    DialogueRun(HTTPDialogue(check, server: .loopback, port: 80), [UInt8](reply).single, closes: true)
  }

  @Test func httpStatuses() {
    #expect(http("HTTP/1.1 204 No Content\r\n\r\n", HTTPCheck(statuses: [200...299])).passed == "HTTP 204 No Content")
    #expect(
      http("HTTP/1.1 301 Moved\r\nLocation: https://x/\r\n\r\n").failed
        == "HTTP 301 Moved to 'https://x/', expected 200")
    #expect(http("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").passed == "HTTP 200 OK")
    #expect(
      http(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9)).failed == "no end of interim responses")
    #expect(http("HTTP/1.1 2000 OK\r\n\r\n").failed == "no HTTP: 'HTTP/1.1 2000 OK'")
    #expect(http("HTTP/1.1 200 OK\r\nno field\r\n\r\n").failed == "no HTTP: the field 'no field'")
  }

  @Test func httpBodies() {
    let check = HTTPCheck(expectation: .regex("^fine$"))
    #expect(
      http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nfi\r\n2\r\nne\r\n0\r\n\r\n", check).passed
        != nil)
    #expect(http("HTTP/1.0 200 OK\r\n\r\nfine", check).passed != nil, "up to the end")
    #expect(http("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine and more", check).passed != nil)
    #expect(
      http("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nill", check).failed
        == "HTTP 200 OK, but no a match of '^fine$' in 3 bytes of the body")
    #expect(
      http("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx", check).failed
        == "no HTTP: a wrong chunk of the body")
  }

  @Test func httpRequest() throws {
    let credentials = Credentials(user: "Aladdin", password: Secret("open sesame"))
    let check = HTTPCheck(method: .head, path: "/a?b", credentials: credentials)
    let run = DialogueRun(HTTPDialogue(check, server: .loopback6, port: 8080), [])
    // The credentials and their form are those of RFC 7617, section 2.
    #expect(
      run.sent == [
        [UInt8](
          "HEAD /a?b HTTP/1.1\r\nHost: [::1]:8080\r\nUser-Agent: lbd\r\nAccept: */*\r\nConnection: close\r\n"
            + "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
      ])
  }

  @Test func texts() {
    #expect(
      failure(SMTPDialogue(LoginCheck()), [UInt8]("554 no\r\n"))
        == "expected an SMTP greeting that agrees, got '554 no'")
    #expect(
      failure(SMTPDialogue(LoginCheck(tls: .starttls)), [UInt8]("220 x\r\n"), [UInt8]("250 x\r\n"))
        == "the server offers no STARTTLS")
    #expect(
      failure(FTPDialogue(KindSample.login), [UInt8]("220 x\r\n"), [UInt8]("331 x\r\n"), [UInt8]("530 no\r\n"))
        == "expected an answer to PASS that agrees, got '530 no'")
    #expect(
      failure(IMAPDialogue(KindSample.login), [UInt8]("* OK\r\n"), [UInt8]("A2 NO bad\r\n"))
        == "expected OK as answer to LOGIN, got 'A2 NO bad'")
    #expect(failure(IMAPDialogue(LoginCheck()), [UInt8]("* BYE\r\n")) == "expected an IMAP greeting, got '* BYE'")
    #expect(
      failure(RedisDialogue(LoginCheck()), [UInt8]("-NOAUTH x\r\n")) == "the server asks for a password: '-NOAUTH x'")
    #expect(
      failure(POP3Dialogue(LoginCheck(tls: .starttls)), [UInt8]("+OK\r\n"), [UInt8]("+OK\r\n+OK\r\n"))
        == "the server sent more before TLS began")
  }

  @Test func aFloodHasAnEnd() {
    let flood = [[UInt8]](repeating: [UInt8](repeating: 0x61, count: 8192), count: 200)
    #expect(
      DialogueRun(SMTPDialogue(LoginCheck()), flood).failed == "SMTP greeting is longer than 16384 bytes")
    let lines = [UInt8](String(repeating: "* OK\r\n", count: 1000))
    #expect(
      DialogueRun(IMAPDialogue(KindSample.login), [[UInt8]](repeating: lines, count: 300)).failed
        == "the server sends more and more, over a megabyte")
  }

  @Test func dicom() {
    let dialogue = DICOMDialogue(DICOMCheck())
    #expect(
      failure(dialogue, [3, 0, 0, 0, 0, 4, 0, 1, 1, 7])
        == "the association was rejected: called AE title not recognized")
    var refused = WireSamples.associationAccept
    refused[74 + 25 + 6] = 3
    #expect(failure(dialogue, refused) == "the association was accepted without the Verification SOP class")
    #expect(
      failure(dialogue, WireSamples.associationAccept, WireSamples.echoResponse(status: 0x0122))
        == "C-ECHO was answered with status 0x122")
    #expect(
      failure(dialogue, WireSamples.associationAccept, [7, 0, 0, 0, 0, 4, 0, 0, 2, 0])
        == "the server aborted the association")
    let run = DialogueRun(
      dialogue, [WireSamples.associationAccept, WireSamples.echoResponse(status: 0)], closes: true)
    #expect(run.passed == "C-ECHO answered by 'ANY-SCP'", "however it ends the association")
    #expect(run.sent.map { $0[0] } == [1, 4, 5])
    #expect(run.sent[0].count == Int(run.sent[0][4]) << 8 + Int(run.sent[0][5]) + 6)
    #expect(run.sent[0][10..<26].elementsEqual([UInt8]("ANY-SCP         ")))
  }

  @Test func dns() {
    func judged(_ record: [UInt8], flags: [UInt8] = [0x81, 0x80], expected: String? = nil) -> DialogueRun {
      let dialogue = DNSDialogue(DNSCheck(name: "www.example.org", expected: expected), identifier: 0x1234)
      let request = DialogueRun(dialogue, []).sent[0]
      return DialogueRun(
        dialogue, [WireSamples.dnsAnswer(to: request, isFramed: false, flags: flags, record: record)], isDatagram: true)
    }
    #expect(judged(WireSamples.dnsRecord).passed == "A record of 'www.example.org' is '192.0.2.7'")
    #expect(judged([], flags: [0x81, 0x83]).failed == "NXDOMAIN for the A record of 'www.example.org'")
    #expect(judged([]).failed == "no A record of 'www.example.org'")
    #expect(
      judged([], flags: [0x83, 0x80]).failed
        == "no A record of 'www.example.org'; the answer is cut off, ask over transport=\"tcp\"")
    #expect(
      judged(WireSamples.dnsRecord, expected: "192.0.2.8").failed
        == "expected '192.0.2.8' as A record of 'www.example.org', got '192.0.2.7'")
    // A name that points at itself.
    #expect(judged([0xC0, 0x21] + WireSamples.dnsRecord.dropFirst(2)).failed == "no DNS: a malformed answer")
    let other = DNSDialogue(DNSCheck(name: "www.example.org"), identifier: 1)
    let request = DialogueRun(DNSDialogue(DNSCheck(name: "www.example.org"), identifier: 2), []).sent[0]
    let run = DialogueRun(other, [WireSamples.dnsAnswer(to: request, isFramed: false)], isDatagram: true)
    #expect(run.last == .needMore, "somebody else's answer")
  }

  @Test func ldap() {
    #expect(
      failure(LDAPDialogue(LDAPCheck()), WireSamples.ldapResult(2, tag: 0x61, code: 49, words: "no"))
        == "answer to the bind is code 49 'no'")
    #expect(
      failure(
        LDAPDialogue(LDAPCheck(base: "dc=x")), WireSamples.ldapResult(2, tag: 0x61, code: 0),
        WireSamples.ldapResult(3, tag: 0x65, code: 0)) == "no entry 'dc=x'")
    // The anonymous bind of RFC 4511, section 4.2, byte by byte: version 3, no name, no password.
    #expect(
      DialogueRun(LDAPDialogue(LDAPCheck()), []).sent == [
        [0x30, 0x0C, 2, 1, 2, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]
      ])
  }

  @Test func databases() {
    let blocked: [UInt8] = [0xFF, 0x69, 0x04] + [UInt8]("Host 'lb' is blocked")
    #expect(
      failure(MySQLDialogue(DatabaseCheck()), [UInt8(blocked.count), 0, 0, 0] + blocked)
        == "the server refuses: 'Host 'lb' is blocked'")
    func error(_ code: String) -> [UInt8] {
      let fields = [UInt8]("SFATAL\0C\(code)\0Mthe words\0\0")
      return [0x45, 0, 0, 0, UInt8(fields.count + 4)] + fields
    }
    #expect(failure(PostgreSQLDialogue(DatabaseCheck()), error("57P03")) == "the server refuses: 'the words'")
    #expect(
      DialogueRun(PostgreSQLDialogue(DatabaseCheck()), [error("28000")]).passed == "PostgreSQL accepts connections")
  }

  @Test func datagrams() {
    let ntp = NTPDialogue(transmitTime: 7)
    let request = DialogueRun(ntp, [], isDatagram: true).sent[0]
    #expect(request.count == 48 && request[0] == 0x23 && request[47] == 7)
    #expect(
      failure(ntp, WireSamples.ntpAnswer(to: request, flags: 0xE4), isDatagram: true)
        == "the server's clock is not synchronised")
    #expect(
      failure(ntp, WireSamples.ntpAnswer(to: request, stratum: 0), isDatagram: true)
        == "the server refuses with the code '\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}'")
    let radius = RADIUSDialogue(RADIUSCheck(secret: Secret("a")))
    let asked = DialogueRun(radius, [], isDatagram: true).sent[0]
    #expect(
      failure(radius, WireSamples.radiusAccept(to: asked, secret: "b"), isDatagram: true)
        == "the answer is not signed with the secret")
    #expect(
      failure(radius, WireSamples.radiusAccept(to: asked, code: 3, secret: "a"), isDatagram: true) == "Access-Reject")
    let sip = SIPDialogue(SIPCheck(), server: .loopback, port: 5060, callID: "x")
    #expect(
      failure(sip, [UInt8]("SIP/2.0 503 Busy\r\ni: x\r\n\r\n"), isDatagram: true)
        == "expected 200, got 'SIP/2.0 503 Busy'")
    #expect(
      DialogueRun(sip, [[UInt8]("SIP/2.0 200 OK\r\nCall-ID: y\r\n\r\n")], isDatagram: true).last == .needMore)
  }
}
