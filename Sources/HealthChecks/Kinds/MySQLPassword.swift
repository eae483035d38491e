/// How a client of MySQL proves that it knows a password (MySQL internals manual, "Authentication Methods").
struct MySQLPassword {
  static let native = "mysql_native_password"
  static let cachingSHA2 = "caching_sha2_password"
  /// The methods that send the password itself, for encrypted connections only.
  private static let whole: Set<String> = ["mysql_clear_password", "sha256_password"]

  let password: [UInt8]
  let isEncrypted: Bool

  /// nil for a method that is not known here.
  func proof(_ method: String, scramble: [UInt8]) -> [UInt8]? {
    switch method {
    case Self.native:
      if password.isEmpty { return [] }
      let hash = Digests.sha1(password)
      return Self.combined(hash, Digests.sha1(scramble + Digests.sha1(hash)))
    case Self.cachingSHA2:
      if password.isEmpty { return [] }
      let hash = Digests.sha256(password)
      return Self.combined(hash, Digests.sha256(Digests.sha256(hash) + scramble))
    case _ where isEncrypted && Self.whole.contains(method): return terminated
    default: return nil
    }
  }

  /// The password itself.
  var terminated: [UInt8] { password + [0] }

  private static func combined(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }
}
