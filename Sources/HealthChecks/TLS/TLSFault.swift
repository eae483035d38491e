import LoadBalancing
import NIOSSL

/// What is wrong when TLS fails: in people's words, with the library's name for it behind them.
struct TLSFault {
  static let closedEarly = "the server closed the connection during the TLS handshake"
  private static let namesMax = 4

  let settings: TLSSettings

  /// - Parameters:
  ///   - error: from NIOSSL.
  ///   - certificate: the server's, where it has come.
  ///   - now: seconds since 1970.
  func words(for error: any Error, certificate: NIOSSLCertificate?, now: Double) -> String {
    if error as? NIOSSLExtraError == .failedToValidateHostname { return wrongName(certificate) }
    guard let stack = Self.stack(of: error) else { return "TLS failed (\(error))" }
    guard !stack.contains(.eofDuringHandshake) else { return Self.closedEarly }
    let cause = Self.cause(stack)
    switch cause {
    case "CERTIFICATE_VERIFY_FAILED":
      let term = certificate.map(CertificateTerm.init)
      return "\(term?.fault(at: now) ?? unknownAuthority) (\(cause))"
    case "WRONG_VERSION_NUMBER": return "the server does not speak TLS (\(cause))"
    // The names of alerts, which the server sent (RFC 8446 section 6).
    case _ where cause.hasPrefix("TLSV1_") || cause.contains("_ALERT_"):
      return "the server refused the TLS handshake (\(cause))"
    default: return "the TLS handshake failed (\(cause))"
    }
  }

  private var unknownAuthority: String {
    "the certificate is signed by no authority "
      + (settings.authoritiesFile.map { "in \(Presentable.message($0))" } ?? "that this machine knows")
  }

  private func wrongName(_ certificate: NIOSSLCertificate?) -> String {
    let asked = settings.serverName.map { Presentable.quote($0.utf8) } ?? "the server's address; give server-name"
    var names: [String] = []
    if let certificate {
      for name in certificate._subjectAlternativeNames() where name.nameType == .dnsName {
        names.append(Presentable.quote(Array(name.contents)))
      }
    }
    guard !names.isEmpty else { return "the certificate is not for \(asked)" }
    let more = names.count > Self.namesMax ? ", …" : ""
    return "the certificate is for \(names.prefix(Self.namesMax).joined(separator: ", "))\(more), not for \(asked)"
  }

  private static func stack(of error: any Error) -> NIOBoringSSLErrorStack? {
    let inner: BoringSSLError? =
      switch error {
      case NIOSSLError.handshakeFailed(let inner): inner
      case let inner as BoringSSLError: inner
      default: nil
      }
    switch inner {
    case .sslError(let stack), .unknownError(let stack): return stack
    default: return nil
    }
  }

  /// The symbol in `error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at FILE:LINE`, which is all
  /// that NIOSSL gives away.
  private static func cause(_ stack: NIOBoringSSLErrorStack) -> String {
    let text = stack.first?.description ?? "no reason given"
    guard let symbol = text.split(separator: ":").first(where: { $0.contains(" at ") }) else { return text }
    return String(symbol.prefix { $0 != " " })
  }
}
