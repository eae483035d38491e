import LoadBalancing

@testable import HealthChecks

extension KindSample {
  private static let joe = Credentials(user: "joe", password: Secret("tiger"))
  private static let asking = DatabaseCheck(credentials: joe, database: "shop", query: "SELECT 1")

  /// Logins and queries.
  static let databases: [KindSample] = [
    mysql([
      { $0.firstRange(of: [20] + WireSamples.nativeProof) == nil ? denied : packet(2, [0, 0, 0, 2, 0, 0, 0]) },
      { _ in row },
    ]),
    mysql([
      // AuthSwitchRequest, the good proof, the last word, and an OK to the query.
      { _ in packet(2, [0xFE] + text("caching_sha2_password\0") + scramble + [0]) },
      { $0.dropFirst(4).elementsEqual(WireSamples.sha2Proof) ? packet(4, [1, 3]) + packet(5, [0, 0, 0]) : denied },
      { _ in packet(1, [0, 0, 0]) },
    ]),
    postgresql([
      { _ in message("R", [0, 0, 0, 10] + text("SCRAM-SHA-256\0\0")) },
      { message("R", [0, 0, 0, 11] + text("r=\(nonce(in: $0))abc,s=c2FsdA==,i=2")) }, proof,
    ]),
    postgresql([
      { _ in message("R", [0, 0, 0, 5, 1, 2, 3, 4]) },
      { $0.elementsEqual([0x70, 0, 0, 0, 40] + text("md5789640b4e2db30dc5654ff99dcfe48cc\0")) ? ready : refused },
    ]),
    postgresql([
      { _ in message("R", [0, 0, 0, 3]) },
      { $0.elementsEqual([0x70, 0, 0, 0, 10] + text("tiger\0")) ? ready : refused },
    ]),
  ]

  private static func mysql(_ answers: [ScriptedPeer.Answer]) -> KindSample {
    KindSample(
      check: .mysql(asking), greeting: WireSamples.mariaDBGreeting, answers: answers,
      passes: "MySQL '10.11' login and query",
      wrongMessage: "no MySQL: a packet of", awaited: "MySQL greeting")
  }

  static let scramble = text("abcdefghijklmnopqrst")
  private static let denied = packet(2, [0xFF, 0x15, 4] + text("#28000denied"))
  /// One column, its definition, the end of them, and a row.
  private static let row =
    packet(1, [1]) + packet(2, text("def column")) + packet(3, [0xFE, 0, 0, 2, 0]) + packet(4, [1, 0x31])

  static func packet(_ sequence: UInt8, _ content: [UInt8]) -> [UInt8] {
    [UInt8(content.count), 0, 0, sequence] + content
  }

  private static func postgresql(_ answers: [ScriptedPeer.Answer]) -> KindSample {
    KindSample(
      check: .postgresql(asking),
      answers: answers + [
        {
          $0.elementsEqual([0x51, 0, 0, 0, 13] + text("SELECT 1\0"))
            ? message("T", [0, 1]) + message("D", [0, 0]) : refused
        }
      ], passes: "PostgreSQL login and query", wrongMessage: "no PostgreSQL: 'HTTP/1.0 400",
      awaited: "PostgreSQL answer")
  }

  private static let refused = message("E", text("SFATAL\0C28P01\0Mno\0\0"))
  /// AuthenticationOk, a parameter and ReadyForQuery.
  private static let ready = message("R", [0, 0, 0, 0]) + message("S", text("a\0b\0")) + message("Z", text("I"))

  static func message(_ type: Unicode.Scalar, _ content: [UInt8]) -> [UInt8] {
    [UInt8(ascii: type), 0, 0, 0, UInt8(content.count + 4)] + content
  }

  private static func nonce(in message: [UInt8]) -> String {
    String(decoding: message, as: UTF8.self).split(separator: "r=").last.map(String.init) ?? ""
  }

  /// The server's side of the last step, by the same digests that DigestTests hold against literal bytes.
  private static let proof: ScriptedPeer.Answer = { request in
    let final = String(decoding: request.dropFirst(5), as: UTF8.self)
    let joint = final.split(separator: ",").first { $0.hasPrefix("r=") }.map(String.init) ?? ""
    let stretched = Digests.stretched(text("tiger"), salt: text("salt"), iterations: 2)
    let whole = "n=,\(joint.dropLast(3)),\(joint),s=c2FsdA==,i=2,c=biws,\(joint)"
    let signature = Digests.hmacSHA256(text(whole), key: Digests.hmacSHA256(text("Server Key"), key: stretched))
    return message("R", [0, 0, 0, 12] + text("v=\(Base64.encode(signature))")) + ready
  }
}
