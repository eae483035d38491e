import Crypto

/// The digests that protocols are bound to; MD5 and SHA-1 are of no use as protection.
enum Digests {
  /// RFC 1321.
  static func md5(_ message: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: message)) }

  /// RFC 3174.
  static func sha1(_ message: [UInt8]) -> [UInt8] { Array(Insecure.SHA1.hash(data: message)) }

  /// RFC 6234.
  static func sha256(_ message: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: message)) }

  /// HMAC-MD5 (RFC 2104).
  static func hmacMD5(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(HMAC<Insecure.MD5>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }

  /// HMAC-SHA-256 (RFC 6234).
  static func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }

  /// The first block of PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), `Hi` of RFC 5802.
  static func stretched(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
    let keyed = HMAC<SHA256>(key: SymmetricKey(data: password))
    var block = salt + [0, 0, 0, 1]
    var result = [UInt8](repeating: 0, count: SHA256.byteCount)
    for _ in 0..<iterations {
      var code = keyed
      code.update(data: block)
      block = Array(code.finalize())
      for place in result.indices { result[place] ^= block[place] }
    }
    return result
  }
}
