import LoadBalancing

/// The check `radius`: an Access-Request (RFC 2865) with credentials, otherwise a Status-Server request (RFC 5997),
/// both with a Message-Authenticator (RFC 3579 section 3.2). Port 1812.
struct RADIUSDialogue: Dialogue {
  private enum Attribute {
    static let userName: UInt8 = 1
    static let userPassword: UInt8 = 2
    static let replyMessage: UInt8 = 18
    static let identifier: UInt8 = 32
    static let messageAuthenticator: UInt8 = 80
  }

  private static let headerBytes = 20

  private let secret: [UInt8]
  private let identifier: UInt8
  private let authenticator: [UInt8]
  private let request: [UInt8]
  private let hasUser: Bool

  /// - Parameters:
  ///   - check: what to ask.
  ///   - identifier: any number; the answer must have the same.
  ///   - authenticator: 16 bytes that nobody can guess.
  init(
    _ check: RADIUSCheck, identifier: UInt8 = .random(in: 0 ... .max),
    authenticator: [UInt8] = (0..<16).map { _ in .random(in: 0 ... .max) }
  ) {
    secret = Array(check.secret.exposed.utf8)
    self.identifier = identifier
    self.authenticator = authenticator
    hasUser = check.credentials != nil
    var attributes: [UInt8] = []
    if let credentials = check.credentials {
      attributes += Self.attribute(Attribute.userName, Array(credentials.user.utf8.prefix(253)))
      let password = Array(credentials.password.exposed.utf8.prefix(128))
      attributes += Self.attribute(Attribute.userPassword, Self.hidden(password, secret, authenticator))
    }
    attributes += Self.attribute(Attribute.identifier, Array("lbd".utf8))
    attributes += Self.attribute(Attribute.messageAuthenticator, [UInt8](repeating: 0, count: 16))
    let length = UInt16(Self.headerBytes + attributes.count)
    let unsigned = [hasUser ? 1 : 12, identifier] + WireBytes.bigEndian(length) + authenticator + attributes
    request = unsigned.dropLast(16) + Digests.hmacMD5(unsigned, key: secret)
  }

  var awaited: String { "RADIUS answer" }

  func open() -> DialogueStep { .send(request) }

  func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard reply.byte(at: 1) == identifier, let length: UInt16 = reply.integer(at: 2),
      (Self.headerBytes...4096).contains(Int(length)), let packet = reply.take(Int(length))
    else { return .needMore }
    guard isGenuine(packet) else { return .failed("the answer is not signed with the secret") }
    let words = value(of: Attribute.replyMessage, in: packet).map { " \(Presentable.quote($0))" } ?? ""
    switch packet[0] {
    case 2: return .passed(hasUser ? "Access-Accept" : "RADIUS status")
    // What an accounting server answers to Status-Server.
    case 5 where !hasUser: return .passed("RADIUS status")
    case 3: return .failed("Access-Reject\(words)")
    case 11: return .failed("Access-Challenge\(words)")
    default: return .failed("an answer with the code \(packet[0])")
    }
  }

  /// Whether both signatures hold: the Response Authenticator (RFC 2865 section 3), and the Message-Authenticator where
  /// there is one.
  private func isGenuine(_ packet: [UInt8]) -> Bool {
    let asked = Array(packet[..<4]) + authenticator + packet[Self.headerBytes...]
    guard Digests.md5(asked + secret).elementsEqual(packet[4..<Self.headerBytes]) else { return false }
    guard let signature = value(of: Attribute.messageAuthenticator, in: packet) else { return true }
    guard signature.count == 16 else { return false }
    var blank = asked
    for place in signature.indices { blank[place] = 0 }
    return Digests.hmacMD5(blank, key: secret).elementsEqual(signature)
  }

  /// The first attribute of this type, with the packet's indices.
  private func value(of type: UInt8, in packet: [UInt8]) -> ArraySlice<UInt8>? {
    var place = Self.headerBytes
    while place + 2 <= packet.count {
      let length = Int(packet[place + 1])
      guard length >= 2, place + length <= packet.count else { return nil }
      if packet[place] == type { return packet[(place + 2)..<(place + length)] }
      place += length
    }
    return nil
  }

  private static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] { [type, UInt8(value.count + 2)] + value }

  /// RFC 2865 section 5.2.
  private static func hidden(_ password: [UInt8], _ secret: [UInt8], _ authenticator: [UInt8]) -> [UInt8] {
    let padded = password + [UInt8](repeating: 0, count: password.isEmpty ? 16 : (16 - password.count % 16) % 16)
    var result: [UInt8] = []
    var previous = authenticator
    for start in stride(from: 0, to: padded.count, by: 16) {
      previous = zip(padded[start..<(start + 16)], Digests.md5(secret + previous)).map { $0 ^ $1 }
      result += previous
    }
    return result
  }
}
