import LoadBalancing

/// The messages of PostgreSQL's frontend/backend protocol 3.0 that a check needs (documentation, "Message Formats").
enum PostgreSQLMessages {
  /// SSLRequest.
  static let encryptionRequest: [UInt8] = WireBytes.bigEndian(UInt32(8)) + WireBytes.bigEndian(UInt32(80_877_103))
  /// Terminate.
  static let farewell: [UInt8] = [0x58, 0, 0, 0, 4]

  /// StartupMessage; user and database are any where nobody logs in.
  static func startup(_ check: DatabaseCheck) -> [UInt8] {
    let database = check.database ?? (check.credentials == nil ? "postgres" : nil)
    var content = WireBytes.bigEndian(UInt32(196_608)) + pair("user", check.credentials?.user ?? "lbd")
    if let database { content += pair("database", database) }
    content.append(0)
    return WireBytes.bigEndian(UInt32(content.count + 4)) + content
  }

  private static func pair(_ name: String, _ value: String) -> [UInt8] { Array("\(name)\0\(value)\0".utf8) }

  static func query(_ text: String) -> [UInt8] { message("Q", Array(text.utf8) + [0]) }

  /// PasswordMessage, also SASLResponse.
  static func password(_ content: [UInt8]) -> [UInt8] { message("p", content) }

  /// SASLInitialResponse.
  static func beginning(_ mechanism: String, _ first: [UInt8]) -> [UInt8] {
    password(Array(mechanism.utf8) + [0] + WireBytes.bigEndian(UInt32(first.count)) + first)
  }

  /// The answer to AuthenticationMD5Password.
  static func md5(_ credentials: Credentials, salt: ArraySlice<UInt8>) -> [UInt8] {
    let inner = hex(Digests.md5(Array((credentials.password.exposed + credentials.user).utf8)))
    return Array("md5".utf8) + hex(Digests.md5(inner + salt)) + [0]
  }

  private static func hex(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  private static func message(_ type: Unicode.Scalar, _ content: [UInt8]) -> [UInt8] {
    [UInt8(ascii: type)] + WireBytes.bigEndian(UInt32(content.count + 4)) + content
  }

  /// The fields of an ErrorResponse: a letter and a text each.
  static func fields(_ content: ArraySlice<UInt8>) -> [UInt8: String] {
    var fields: [UInt8: String] = [:]
    for field in content.split(separator: 0).prefix(32) {
      guard let letter = field.first else { continue }
      fields[letter] = String(decoding: field.dropFirst(), as: UTF8.self)
    }
    return fields
  }
}
