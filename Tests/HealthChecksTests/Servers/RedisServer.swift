import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `redis`, in clear and with TLS, with a password.
  static let redis = RealServer(
    name: "redis", portCount: 2,
    prepare: { place in
      [
        "/usr/bin/redis-server", "--bind", "127.0.0.1", "--port", "\(place.ports[1])", "--tls-port",
        "\(place.ports[0])",
        "--tls-cert-file", place.certificates.server.certificate, "--tls-key-file", place.certificates.server.key,
        "--tls-ca-cert-file", place.certificates.authority, "--tls-auth-clients", "no", "--save", "",
        "--requirepass", "tiger", "--dir", place.path,
      ]
    },
    cases: { _ in
      let password = credentials("", "tiger")
      return [
        .passes(.redis(LoginCheck(tls: .yes, credentials: password)), "PONG in "),
        .passes(.redis(LoginCheck(credentials: password)), port: 1, "PONG in "),
        .passes(.redis(LoginCheck(credentials: credentials("default", "tiger"))), port: 1, "PONG in "),
        .fails(.redis(LoginCheck(tls: .yes)), "the server asks for a password: '-NOAUTH"),
        .fails(
          .redis(LoginCheck(tls: .yes, credentials: jim)), "expected an answer to AUTH that agrees, got '-WRONGPASS"),
      ]
    }, awaited: "TLS handshake")
}
