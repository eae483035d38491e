import LoadBalancing

/// The packets of the MySQL client/server protocol that a check needs (MySQL internals manual, "Client/Server Protocol").
enum MySQLMessages {
  /// Protocol::Capability flags.
  private enum Capability {
    static let connectWithDatabase: UInt32 = 0x8
    static let protocol41: UInt32 = 0x200
    static let tls: UInt32 = 0x800
    static let secureConnection: UInt32 = 0x8000
    static let pluginAuthentication: UInt32 = 0x8_0000
  }

  /// Protocol::HandshakeV10.
  struct Greeting {
    let version: String
    private let capabilities: UInt32
    /// What a login is bound to: 20 bytes; fewer from a server that says less.
    let scramble: [UInt8]
    /// How the server wants the password.
    let method: String

    /// nil for what is no greeting.
    init?(_ content: [UInt8]) {
      guard content.first == 10, let end = content.firstIndex(of: 0) else { return nil }
      version = Presentable.quote(content[1..<end])
      let fields = ReplyBuffer(Array(content[(end + 1)...]))
      let lower = fields.integer(UInt16.self, at: 13)?.byteSwapped ?? 0
      let upper = fields.integer(UInt16.self, at: 18)?.byteSwapped ?? 0
      capabilities = UInt32(upper) << 16 | UInt32(lower)
      let rest = fields.unread.dropFirst(31)
      scramble = Array(fields.unread.dropFirst(4).prefix(8) + rest.prefix(12))
      let name = rest.dropFirst(max(13, Int(fields.byte(at: 20) ?? 0) - 8)).prefix { $0 != 0 }
      method = name.isEmpty ? MySQLPassword.native : String(decoding: name.prefix(64), as: UTF8.self)
    }

    var offersTLS: Bool { capabilities & Capability.tls != 0 }
  }

  /// Protocol::SSLRequest: a login's beginning.
  static func encryptionRequest(_ check: DatabaseCheck) -> [UInt8] { Array(head(check)) }

  /// Protocol::HandshakeResponse41.
  static func login(_ check: DatabaseCheck, method: String, proof: [UInt8]) -> [UInt8] {
    var login = head(check) + Array((check.credentials?.user ?? "").utf8) + [0]
    login += [UInt8(clamping: proof.count)] + proof.prefix(255)
    if check.credentials != nil, let database = check.database { login += Array(database.utf8) + [0] }
    return login + Array(method.utf8) + [0]
  }

  /// Capabilities, packets of 16 MiB, utf8.
  private static func head(_ check: DatabaseCheck) -> [UInt8] {
    var capabilities = Capability.protocol41 | Capability.secureConnection | Capability.pluginAuthentication
    if check.tls != .no { capabilities |= Capability.tls }
    if check.credentials != nil, check.database != nil { capabilities |= Capability.connectWithDatabase }
    return WireBytes.littleEndian(capabilities) + [0, 0, 0, 1, 33] + [UInt8](repeating: 0, count: 23)
  }

  /// COM_QUERY.
  static func query(_ text: String) -> [UInt8] { [3] + Array(text.utf8) }

  /// COM_QUIT, as a packet.
  static let farewell: [UInt8] = [1, 0, 0, 0, 1]

  static func packet(_ content: [UInt8], sequence: UInt8) -> [UInt8] {
    Array(WireBytes.littleEndian(UInt32(content.count)).prefix(3)) + [sequence] + content
  }

  /// The words of an ERR_Packet: behind the mark, its number and, after the greeting, `#` and five characters.
  static func errorText(_ content: [UInt8]) -> String {
    var text = content.dropFirst(3)
    if text.first == UInt8(ascii: "#") { text = text.dropFirst(6) }
    return Presentable.quote(text)
  }
}
