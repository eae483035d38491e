import NIOSSL

/// From when until when a certificate holds (RFC 5280 section 4.1.2.5), in seconds since 1970.
struct CertificateTerm: Hashable {
  /// From so many days before the end on, a check that passes warns.
  private static let warningDays = 30
  private static let secondsOfDay = 86_400.0

  let notBefore: Double
  let notAfter: Double

  init(notBefore: Double, notAfter: Double) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  init(_ certificate: NIOSSLCertificate) {
    self.init(notBefore: Double(certificate.notValidBefore), notAfter: Double(certificate.notValidAfter))
  }

  /// What is wrong with it at this time; nil while it holds.
  func fault(at now: Double) -> String? {
    if now > notAfter { return "the certificate expired \(Self.days(now - notAfter)) ago" }
    if now < notBefore { return "the certificate is not valid yet, for another \(Self.days(notBefore - now))" }
    return nil
  }

  /// What is worth telling of a certificate that is not verified, or still holds.
  func warning(at now: Double) -> String? {
    if let fault = fault(at: now) { return fault }
    let left = notAfter - now
    return left < Double(Self.warningDays) * Self.secondsOfDay ? "the certificate expires in \(Self.days(left))" : nil
  }

  private static func days(_ seconds: Double) -> String {
    let days = Int(min(seconds / secondsOfDay, 1e6))
    return days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
  }
}
