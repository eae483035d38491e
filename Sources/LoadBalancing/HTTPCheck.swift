/// The kinds `http` and `https`.
public struct HTTPCheck: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable, CaseIterable, Codable {
    case get = "GET"
    case head = "HEAD"
    case options = "OPTIONS"
  }

  public var method: Method
  /// The request's target, with its query.
  public var path: String
  /// The field Host; nil: the real server's address.
  public var host: String?
  /// The status codes that pass.
  public var statuses: [ClosedRange<Int>]
  /// What the body must contain.
  public var expectation: Expectation?
  public var credentials: Credentials?
  /// nil for `http`.
  public var tls: TLSSettings?

  public init(
    method: Method = .get, path: String = "/", host: String? = nil, statuses: [ClosedRange<Int>] = [200...200],
    expectation: Expectation? = nil, credentials: Credentials? = nil, tls: TLSSettings? = nil
  ) {
    self.method = method
    self.path = path
    self.host = host
    self.statuses = statuses
    self.expectation = expectation
    self.credentials = credentials
    self.tls = tls
  }
}

/// How a server proves who it is.
public struct TLSSettings: Hashable, Sendable {
  /// The name for SNI, and the one that a verified certificate must hold; nil: no SNI. A certificate that holds the
  /// server's address is good as well.
  public var serverName: String?
  /// Whether a certificate that no known authority signed, or of another name, fails the check.
  public var verifiesCertificate: Bool
  /// The authorities, in PEM; nil: the system's.
  public var authoritiesFile: String?

  public init(serverName: String? = nil, verifiesCertificate: Bool = false, authoritiesFile: String? = nil) {
    self.serverName = serverName
    self.verifiesCertificate = verifiesCertificate
    self.authoritiesFile = authoritiesFile
  }
}
