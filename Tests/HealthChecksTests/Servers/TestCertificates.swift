import Foundation
import Glibc

/// An authority and certificates of it, made by openssl(1) once for all tests.
struct TestCertificates: Sendable {
  static let shared = Result { try TestCertificates() }

  private let path: String

  /// The authority's own.
  var authority: String { "\(path)/ca.pem" }
  /// That of an authority that signed nothing here.
  var stranger: String { "\(path)/other.pem" }
  /// Of www.example.org, localhost and 127.0.0.1, for a year.
  var server: Pair { Pair(path: path, name: "server") }
  /// Of www.example.org, for ten days.
  var soon: Pair { Pair(path: path, name: "soon") }
  /// Of www.example.org, until yesterday.
  var old: Pair { Pair(path: path, name: "old") }

  struct Pair: Sendable {
    fileprivate let path: String
    fileprivate let name: String

    var certificate: String { "\(path)/\(name).pem" }
    var key: String { "\(path)/\(name).key" }
  }

  private init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "lbd-certificates-\(getpid())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: Self.place) }
    let names = "subjectAltName=DNS:www.example.org"
    try make("ca", by: nil, days: 365, "basicConstraints=critical,CA:TRUE")
    try make("other", by: nil, days: 365, "basicConstraints=critical,CA:TRUE")
    try make("server", by: "ca", days: 365, "\(names),DNS:localhost,IP:127.0.0.1")
    try make("soon", by: "ca", days: 11, names)
    try make("old", by: "ca", days: -1, names)
  }

  private static var place: URL {
    FileManager.default.temporaryDirectory.appending(path: "lbd-certificates-\(getpid())")
  }

  private func make(_ name: String, by issuer: String?, days: Int, _ extensions: String) throws {
    try Data(extensions.utf8).write(to: URL(filePath: "\(path)/\(name).ext"))
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(path)/\(name).key",
      "-subj", "/CN=\(name)", "-out", "\(path)/\(name).csr")
    let signer =
      issuer.map { ["-CA", "\(path)/\($0).pem", "-CAkey", "\(path)/\($0).key", "-CAcreateserial"] }
      ?? ["-signkey", "\(path)/\(name).key"]
    try openssl(
      ["x509", "-req", "-in", "\(path)/\(name).csr", "-days", "\(days)", "-extfile", "\(path)/\(name).ext", "-out"]
        + ["\(path)/\(name).pem"] + signer)
    // Servers that give up root read it too; it protects nothing.
    _ = unsafe chmod("\(path)/\(name).key", 0o644)
  }

  private func openssl(_ words: String...) throws { try openssl(words) }

  private func openssl(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw POSIXError(.EINVAL) }
  }
}
