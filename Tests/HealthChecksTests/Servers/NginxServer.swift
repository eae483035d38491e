import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `http` and `https`: good, soon and long expired certificates, names by SNI, a server that refuses names.
  static let nginx = RealServer(
    name: "nginx", portCount: 5,
    prepare: { place in
      let certificates = place.certificates
      func tls(_ pair: TestCertificates.Pair) -> String {
        "ssl_certificate \(pair.certificate); ssl_certificate_key \(pair.key);"
      }
      try place.write("htpasswd", "joe:{PLAIN}tiger\n")
      let content = """
        location / { return 200 "all is well\\n"; }
        location /gone { return 503; }
        location /there { return 301 https://www.example.org/; }
        location /secret { auth_basic x; auth_basic_user_file \(place.file("htpasswd")); try_files /none =204; }
        """
      let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
        "\($0)_temp_path \(place.file($0));"
      }
      let configuration = try place.write(
        "nginx.conf",
        """
        daemon off; worker_processes 1; pid \(place.file("pid")); error_log stderr;
        events { worker_connections 64; }
        http {
          access_log off; \(temporary.joined(separator: " "))
          server { listen 127.0.0.1:\(place.ports[1]); \(content) }
          server { listen 127.0.0.1:\(place.ports[0]) ssl; server_name localhost; \(tls(certificates.server)) \(content) }
          server {
            listen 127.0.0.1:\(place.ports[0]) ssl; server_name www.example.org; \(tls(certificates.soon))
            location / { return 200 "by name\\n"; }
          }
          server { listen 127.0.0.1:\(place.ports[2]) ssl; \(tls(certificates.old)) \(content) }
          server { listen 127.0.0.1:\(place.ports[3]) ssl; \(tls(certificates.soon)) \(content) }
          server { listen 127.0.0.1:\(place.ports[4]) ssl; ssl_reject_handshake on; }
        }
        """)
      return ["/usr/sbin/nginx", "-c", configuration, "-e", "stderr"]
    },
    cases: { place in
      let authority = place.certificates.authority
      func https(
        _ name: String? = nil, verify: Bool = false, by file: String? = nil, path: String = "/", expect: String? = nil
      ) -> ApplicationCheck {
        .http(
          HTTPCheck(
            path: path, host: name, expectation: expect.map { .text(Array($0.utf8)) },
            tls: TLSSettings(serverName: name, verifiesCertificate: verify, authoritiesFile: file)))
      }
      func http(
        _ path: String = "/", _ statuses: [ClosedRange<Int>] = [200...200], _ credentials: Credentials? = nil
      ) -> ApplicationCheck { .http(HTTPCheck(path: path, statuses: statuses, credentials: credentials)) }
      let name = "www.example.org"
      return [
        .passes(https(expect: "all is well"), "HTTP 200 OK, body with 'all is well' in "),
        // Its certificate, chosen by SNI, is the one that ends soon.
        .passes(https(name, verify: true, by: authority, expect: "by name"), "s; the certificate expires in 10 days"),
        .passes(https(verify: true, by: authority), "HTTP 200 OK"),
        .fails(https(path: "/gone"), "HTTP 503 Service"),
        .fails(https(expect: "ill"), "no 'ill' in 12 bytes"),
        .fails(
          https(name, verify: true, by: place.certificates.stranger),
          "signed by no authority in \(place.certificates.stranger) (CERTIFICATE_VERIFY_FAILED)"),
        .fails(https(name, verify: true), "signed by no authority that this machine knows"),
        .fails(
          https("ftp.example.org", verify: true, by: authority), port: 3,
          "the certificate is for 'www.example.org', not for 'ftp.example.org'"),
        .fails(https(verify: true, by: authority), port: 3, "the server's address; give server-name"),
        .fails(
          https(name, verify: true, by: authority), port: 2,
          "the certificate expired 1 day ago (CERTIFICATE_VERIFY_FAILED)"),
        .passes(https(), port: 2, "s; the certificate expired 1 day ago"),
        .passes(https(name, verify: true, by: authority), port: 3, "s; the certificate expires in 10 days"),
        .fails(https(), port: 1, "the server does not speak TLS (WRONG_VERSION_NUMBER)"),
        .fails(https(), port: 4, "the server refused the TLS handshake (TLSV1_ALERT_UNRECOGNIZED_NAME)"),
        .passes(http(), port: 1, "HTTP 200 OK"),
        .fails(http(), port: 0, "HTTP 400 Bad Request, expected 200"),
        .passes(http("/there", [300...399]), port: 1, "HTTP 301 Moved Permanently"),
        .passes(http("/secret", [204...204], joe), port: 1, "HTTP 204 No Content"),
        .fails(http("/secret", [204...204], jim), port: 1, "HTTP 401 Unauthorized, expected 204"),
      ]
    }, awaited: "TLS handshake")
}
