/// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.
struct SCRAMExchange {
  static let mechanism = "SCRAM-SHA-256"
  /// A server may ask for no more work than this, about 60 ms of it.
  private static let iterationsMax = 100_000
  /// `n,,` in base 64: no channel binding, nobody else's name (RFC 5802 section 7).
  private static let header = "n,,"

  private let password: [UInt8]
  private let nonce: String
  private var serverSignature: [UInt8] = []

  /// - Parameters:
  ///   - password: as it is: characters outside ASCII are not normalised.
  ///   - nonce: printable characters that nobody can guess, without commas.
  init(password: String, nonce: String) {
    self.password = Array(password.utf8)
    self.nonce = nonce
  }

  /// PostgreSQL knows the user already and ignores the name here.
  private var firstBare: String { "n=,r=\(nonce)" }

  /// The client's first message.
  var first: [UInt8] { Array((Self.header + firstBare).utf8) }

  /// The client's last message; nil when the server's first is none, or not for this exchange.
  mutating func answer(to challenge: [UInt8]) -> [UInt8]? {
    let text = String(decoding: challenge, as: UTF8.self)
    let fields = Self.fields(text)
    guard let joint = fields["r"], joint.hasPrefix(nonce), joint != nonce,
      let salt = fields["s"].flatMap(Base64.decode),
      let iterations = fields["i"].flatMap({ Int($0) }), (1...Self.iterationsMax).contains(iterations)
    else { return nil }
    let stretched = Digests.stretched(password, salt: salt, iterations: iterations)
    let clientKey = Digests.hmacSHA256(Array("Client Key".utf8), key: stretched)
    let ending = "c=\(Base64.encode(Array(Self.header.utf8))),r=\(joint)"
    let whole = Array("\(firstBare),\(text),\(ending)".utf8)
    let signature = Digests.hmacSHA256(whole, key: Digests.sha256(clientKey))
    serverSignature = Digests.hmacSHA256(
      whole, key: Digests.hmacSHA256(Array("Server Key".utf8), key: stretched))
    return Array("\(ending),p=\(Base64.encode(zip(clientKey, signature).map { $0 ^ $1 }))".utf8)
  }

  /// Whether the server's last message proves that it knows the password too.
  func isProof(_ message: [UInt8]) -> Bool {
    guard !serverSignature.isEmpty, let proof = Self.fields(String(decoding: message, as: UTF8.self))["v"] else {
      return false
    }
    return Base64.decode(proof) == serverSignature
  }

  /// A letter and a value each; the first of a letter counts.
  private static func fields(_ text: String) -> [Substring: String] {
    var fields: [Substring: String] = [:]
    for field in text.split(separator: ",").prefix(16) {
      let parts = field.split(separator: "=", maxSplits: 1)
      if parts.count == 2, fields[parts[0]] == nil { fields[parts[0]] = String(parts[1]) }
    }
    return fields
  }
}
