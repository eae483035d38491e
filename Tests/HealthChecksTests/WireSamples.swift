@testable import HealthChecks

/// What servers answer, byte by byte.
enum WireSamples {
  /// A-ASSOCIATE-AC (DICOM PS3.8 table 9-17) that accepts presentation context 1.
  static let associationAccept: [UInt8] = {
    let content: [UInt8] =
      // Version, reserved, both titles and 32 reserved bytes.
      [0, 1, 0, 0] + [UInt8](repeating: 0x20, count: 32) + [UInt8](repeating: 0, count: 32)
      // Application context.
      + [0x10, 0, 0, 21] + Array("1.2.840.10008.3.1.1.1".utf8)
      // Presentation context 1, accepted, with its transfer syntax.
      + [0x21, 0, 0, 25, 1, 0, 0, 0, 0x40, 0, 0, 17] + Array("1.2.840.10008.1.2".utf8)
      // User information: at most 16,384 bytes.
      + [0x50, 0, 0, 8, 0x51, 0, 0, 4, 0, 0, 0x40, 0]
    return [2, 0, 0, 0, 0, UInt8(content.count)] + content
  }()

  /// P-DATA-TF with a C-ECHO-RSP (PS3.7 table 9.3-13).
  static func echoResponse(status: UInt16) -> [UInt8] {
    let command: [UInt8] =
      [0, 0, 2, 0, 18, 0, 0, 0] + Array("1.2.840.10008.1.1\0".utf8)
      // Command 0x8030, answer to message 1, no data set.
      + [0, 0, 0, 1, 2, 0, 0, 0, 0x30, 0x80] + [0, 0, 0x20, 1, 2, 0, 0, 0, 1, 0] + [0, 0, 0, 8, 2, 0, 0, 0, 1, 1]
      + [0, 0, 0, 9, 2, 0, 0, 0, UInt8(status & 0xFF), UInt8(status >> 8)]
    let group: [UInt8] = [0, 0, 0, 0, 4, 0, 0, 0, UInt8(command.count), 0, 0, 0] + command
    return [4, 0, 0, 0, 0, UInt8(group.count + 6), 0, 0, 0, UInt8(group.count + 2), 1, 3] + group
  }

  /// The question back and one A record, its name a pointer to the question's.
  static func dnsAnswer(
    to request: [UInt8], isFramed: Bool, flags: [UInt8] = [0x81, 0x80], record: [UInt8] = dnsRecord
  ) -> [UInt8] {
    let message = isFramed ? Array(request.dropFirst(2)) : request
    let count: UInt8 = record.isEmpty ? 0 : 1
    let answer = message[..<2] + flags + [0, 1, 0, count, 0, 0, 0, 0] + message[12...] + record
    return isFramed ? [0, UInt8(answer.count)] + answer : Array(answer)
  }

  static let dnsRecord: [UInt8] = [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]

  static func ldapResult(_ identifier: UInt8, tag: UInt8, code: UInt8, words: String = "") -> [UInt8] {
    let result: [UInt8] = [0x0A, 1, code, 4, 0, 4, UInt8(words.utf8.count)] + Array(words.utf8)
    return [0x30, UInt8(result.count + 5), 2, 1, identifier, tag, UInt8(result.count)] + result
  }

  /// A SearchResultEntry without attributes.
  static let ldapEntry: [UInt8] =
    [0x30, 0x13, 2, 1, 3, 0x64, 14, 4, 10] + Array("dc=example".utf8) + [0x30, 0]

  /// Protocol::HandshakeV10 of MySQL 8.
  static let mysqlGreeting: [UInt8] = {
    let content: [UInt8] =
      [10] + Array("8.0.36\0".utf8) + [9, 0, 0, 0] + Array("abcdefgh\0".utf8) + [
        0xFF, 0xFF, 0xFF, 2, 0, 0xFF, 0xDF, 21,
      ]
      + [UInt8](repeating: 0, count: 10) + Array("ijklmnopqrst\0caching_sha2_password\0".utf8)
    return [UInt8(content.count), 0, 0, 0] + content
  }()

  /// Protocol::HandshakeV10 of MariaDB, which offers TLS.
  static let mariaDBGreeting: [UInt8] = {
    let content: [UInt8] =
      [10] + Array("10.11\0".utf8) + [9, 0, 0, 0] + Array("abcdefgh\0".utf8) + [0xFE, 0xFF, 45, 2, 0, 0xFF, 0x81, 21]
      + [UInt8](repeating: 0, count: 10) + Array("ijklmnopqrst\0mysql_native_password\0".utf8)
    return [UInt8(content.count), 0, 0, 0] + content
  }()

  static let greetingWithoutTLS: [UInt8] = {
    var greeting = mariaDBGreeting
    // The second byte of the capabilities.
    greeting[25] &= ~0x08
    return greeting
  }()

  /// What proves "tiger" for the scramble "abcdefghijklmnopqrst", computed by another program.
  static let nativeProof = bytes("e741517ea81267c8ed9576d08954f9160ab0a93c")
  static let sha2Proof = bytes("36386b830dc6ad241cebadc934f1b7cc3e4c34134f27ee67965c251c0c25db81")

  /// Of hexadecimal digits.
  static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue.map { UInt8($0) } }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// ERR_Packet 1045.
  static let mysqlDenied: [UInt8] = {
    let content: [UInt8] = [0xFF, 0x15, 0x04] + Array("#28000Access denied for user ''@'lb'".utf8)
    return [UInt8(content.count), 0, 0, 2] + content
  }()

  /// An Access-Accept without attributes, signed with the secret of RFC 2865's example.
  static func radiusAccept(to request: [UInt8], code: UInt8 = 2, secret: String = "xyzzy5461") -> [UInt8] {
    let head: [UInt8] = [code, request[1], 0, 20]
    return head + Digests.md5(head + request[4..<20] + Array(secret.utf8))
  }

  static func ntpAnswer(to request: [UInt8], flags: UInt8 = 0x24, stratum: UInt8 = 2) -> [UInt8] {
    var answer = [UInt8](repeating: 0, count: 48)
    answer.replaceSubrange(0..<2, with: [flags, stratum])
    answer.replaceSubrange(24..<32, with: request[40..<48])
    return answer
  }
}
