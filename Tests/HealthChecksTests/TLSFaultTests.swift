import LoadBalancing
import NIOSSL
import Testing

@testable import HealthChecks

@Suite struct TLSFaultTests {
  private let day = 86_400.0

  @Test func termsAreToldInDays() {
    let term = CertificateTerm(notBefore: 10 * day, notAfter: 100 * day)
    #expect(term.warning(at: 60 * day) == nil)
    #expect(term.warning(at: 70.5 * day) == "the certificate expires in 29 days")
    #expect(term.warning(at: 98.5 * day) == "the certificate expires in 1 day")
    #expect(term.warning(at: 99.5 * day) == "the certificate expires in less than a day")
    #expect(term.fault(at: 99.5 * day) == nil)
    #expect(term.fault(at: 103.5 * day) == "the certificate expired 3 days ago")
    #expect(term.warning(at: 103.5 * day) == "the certificate expired 3 days ago")
    #expect(term.fault(at: 8 * day) == "the certificate is not valid yet, for another 2 days")
  }

  @Test func whatIsNoHandshakeErrorIsGivenAsItIs() {
    let fault = TLSFault(settings: TLSSettings())
    #expect(
      fault.words(for: NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])), certificate: nil, now: 0)
        == "the server closed the connection during the TLS handshake")
    #expect(
      fault.words(for: NIOSSLError.noCertificateToValidate, certificate: nil, now: 0)
        == "TLS failed (noCertificateToValidate)")
    #expect(
      fault.words(for: NIOSSLExtraError.failedToValidateHostname, certificate: nil, now: 0)
        == "the certificate is not for the server's address; give server-name")
  }

  @Test func aContextIsMadeOnceForEachWay() async throws {
    let contexts = TLSContexts()
    let first = try await contexts.context(for: TLSSettings()).get()
    let second = try await contexts.context(for: TLSSettings(serverName: "www.example.org")).get()
    #expect(first === second)
    let verifying = try await contexts.context(for: TLSSettings(verifiesCertificate: true)).get()
    #expect(verifying !== first)
    let certificates = try TestCertificates.shared.get()
    let own = TLSSettings(verifiesCertificate: true, authoritiesFile: certificates.authority)
    let read = try await contexts.context(for: own).get()
    #expect(try await contexts.context(for: own).get() === read)
  }

  @Test func aFileOfAuthoritiesThatIsNoneIsTold() async throws {
    let contexts = TLSContexts()
    func reason(_ file: String) async -> String {
      let settings = TLSSettings(verifiesCertificate: true, authoritiesFile: file)
      guard case .failure(let fault) = await contexts.context(for: settings) else { return "" }
      return fault.reason
    }
    #expect(
      await reason("/nowhere/ca.pem")
        == "the ca-file cannot be read: open /nowhere/ca.pem: No such file or directory (ENOENT, errno 2)")
    #expect(await reason("/dev/null").hasPrefix("the ca-file /dev/null holds no certificates in PEM ("))
  }
}
