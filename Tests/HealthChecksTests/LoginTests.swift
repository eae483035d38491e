import LoadBalancing
import Testing

@testable import HealthChecks

/// How logins of databases are proved, against values computed by other programs.
@Suite struct LoginTests {
  private let joe = Credentials(user: "joe", password: Secret("tiger"))

  /// RFC 7914, section 11, and the vectors that circulate for PBKDF2 with HMAC-SHA-256.
  @Test func stretching() {
    #expect(
      Digests.stretched([UInt8]("password"), salt: [UInt8]("salt"), iterations: 2)
        == WireSamples.bytes("ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"))
  }

  /// RFC 7677, section 3, without its user, which PostgreSQL does not send.
  @Test func scram() throws {
    var exchange = SCRAMExchange(password: "tiger", nonce: "abc")
    #expect(exchange.first == [UInt8]("n,,n=,r=abc"))
    let given = exchange.answer(to: [UInt8]("r=abcdef,s=c2FsdA==,i=16"))
    let answer = try #require(given)
    #expect(
      String(decoding: answer, as: UTF8.self) == "c=biws,r=abcdef,p=YRtJkmHrRTlaU0dQVBAkeFlRB1qpxkpRJPrCv0urU9s=")
    #expect(exchange.isProof([UInt8]("v=to7ZEMUqLFqfTBzrELwLDL0sKbLSU3RMUxUlG5A2Mgs=")))
    #expect(!exchange.isProof([UInt8]("v=to7ZEMUqLFqfTBzrELwLDL0sKbLSU3RMUxUlG5A2Mgw=")))
  }

  @Test(arguments: [
    "r=abc,s=c2FsdA==,i=16", "r=xyzdef,s=c2FsdA==,i=16", "r=abcdef,s=c2F,i=16", "r=abcdef,s=c2FsdA==,i=0",
    "r=abcdef,s=c2FsdA==,i=1000000000", "r=abcdef,i=16", "",
  ])
  func aChallengeThatIsNoneIsRefused(challenge: String) {
    var exchange = SCRAMExchange(password: "tiger", nonce: "abc")
    #expect(exchange.answer(to: [UInt8](challenge)) == nil)
    #expect(!exchange.isProof([UInt8]("v=")))
  }

  @Test(arguments: ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy"]) func base64IsReadBack(text: String) throws {
    #expect(Base64.encode(try #require(Base64.decode(text))) == text)
  }

  @Test(arguments: ["Zg", "Zg=", "Z===", "Zm9*", "===="]) func base64ThatIsNone(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func aServerThatSkipsTheProofIsNotTrusted() {
    let dialogue = PostgreSQLDialogue(DatabaseCheck(credentials: joe), nonce: "abc")
    let run = DialogueRun(
      dialogue,
      [
        KindSample.message("R", [0, 0, 0, 10] + [UInt8]("SCRAM-SHA-256\0\0")), KindSample.message("R", [0, 0, 0, 0]),
      ])
    #expect(run.failed == "the server did not prove that it knows the password")
  }

  @Test func theStartOfASession() {
    // StartupMessage: length, 3.0, the parameters.
    #expect(
      DialogueRun(PostgreSQLDialogue(DatabaseCheck(credentials: joe, database: "shop")), []).sent == [
        [0, 0, 0, 32, 0, 3, 0, 0] + [UInt8]("user\0joe\0database\0shop\0\0")
      ])
    #expect(
      DialogueRun(PostgreSQLDialogue(DatabaseCheck(tls: .yes)), []).sent == [[0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F]])
    #expect(DialogueRun(PostgreSQLDialogue(DatabaseCheck(tls: .yes)), [[0x4E]]).failed == "the server offers no TLS")
  }

  /// In the place of a password it would be an error in the server's log.
  @Test("only who is not asked for a password says farewell", arguments: [0, 3, 5, 10] as [UInt8])
  func theFarewell(request: UInt8) {
    let run = DialogueRun(
      PostgreSQLDialogue(DatabaseCheck()), [KindSample.message("R", [0, 0, 0, request, 1, 2, 3, 4])])
    let farewell: [UInt8] = request == 0 ? [0x58, 0, 0, 0, 4] : []
    #expect(run.last == .passed("PostgreSQL accepts connections", farewell: farewell))
  }

  @Test func mysqlLoginsByteByByte() {
    let check = DatabaseCheck(tls: .starttls, credentials: joe, database: "shop")
    let sent = DialogueRun(MySQLDialogue(check), [WireSamples.mariaDBGreeting]).sent
    // CLIENT_PLUGIN_AUTH, _SECURE_CONNECTION, _SSL, _PROTOCOL_41, _CONNECT_WITH_DB; 16 MiB; utf8.
    let head: [UInt8] = [0x08, 0x8A, 0x08, 0x00, 0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
    let login =
      head + [UInt8]("joe\0") + [20] + WireSamples.nativeProof + [UInt8]("shop\0mysql_native_password\0")
    #expect(sent == [[32, 0, 0, 1] + head, [UInt8(login.count), 0, 0, 2] + login])
    let without = DialogueRun(MySQLDialogue(DatabaseCheck(tls: .yes)), [WireSamples.greetingWithoutTLS])
    #expect(without.failed == "the server offers no TLS")
  }

  /// A server that could not ask it for another method would count an error, and block the load balancer in the end.
  @Test func aNamelessLoginIsOpenToOtherMethods() {
    let asked = KindSample.packet(2, [0xFE] + [UInt8]("mysql_native_password\0") + KindSample.scramble + [0])
    let run = DialogueRun(
      MySQLDialogue(DatabaseCheck()), [WireSamples.mysqlGreeting, asked, WireSamples.mysqlDenied])
    // CLIENT_PLUGIN_AUTH, _SECURE_CONNECTION, _PROTOCOL_41; 16 MiB; utf8; no name and no proof.
    let login: [UInt8] =
      [0x00, 0x82, 0x08, 0x00, 0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23) + [0, 0]
      + [UInt8]("caching_sha2_password\0")
    #expect(run.sent == [[UInt8(login.count), 0, 0, 1] + login, [0, 0, 0, 3]])
    #expect(run.passed == "MySQL '8.0.36'")
  }

  @Test func theWholePasswordGoesOverTLSOnly() {
    let greeting = WireSamples.mysqlGreeting
    func run(_ tls: TLSUse) -> DialogueRun {
      DialogueRun(
        MySQLDialogue(DatabaseCheck(tls: tls, credentials: joe)), [greeting, KindSample.packet(3, [1, 4])])
    }
    #expect(run(.no).failed?.contains("add tls=\"yes\"") == true)
    #expect(run(.yes).sent.last == [6, 0, 0, 4] + [UInt8]("tiger\0"))
    let switched = DialogueRun(
      MySQLDialogue(DatabaseCheck(credentials: joe)),
      [greeting, KindSample.packet(2, [0xFE] + [UInt8]("mysql_clear_password\0\0"))])
    #expect(switched.failed?.contains("checks don't know: 'mysql_clear_password'") == true)
  }
}
