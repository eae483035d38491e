import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `ftp`, in clear and after AUTH TLS, with a login.
  static let vsftpd = RealServer(
    name: "vsftpd", needsRoot: true,
    prepare: { place in
      let configuration = try place.write(
        "vsftpd.conf",
        """
        listen=YES
        listen_address=127.0.0.1
        listen_port=\(place.ports[0])
        background=NO
        anonymous_enable=YES
        anon_root=\(try place.directory("ftp"))
        secure_chroot_dir=\(try place.directory("empty"))
        local_enable=NO
        ssl_enable=YES
        allow_anon_ssl=YES
        rsa_cert_file=\(place.certificates.server.certificate)
        rsa_private_key_file=\(place.certificates.server.key)

        """)
      return ["/usr/sbin/vsftpd", configuration]
    },
    cases: { _ in
      let anonymous = credentials("anonymous", "lbd@")
      return [
        .passes(.ftp(LoginCheck(tls: .starttls, credentials: anonymous)), "FTP '220 (vsFTPd"),
        .passes(.ftp(LoginCheck()), "FTP '220 (vsFTPd"),
        .fails(.ftp(LoginCheck(tls: .starttls, credentials: joe)), "expected an answer to USER that agrees, got '530"),
        .fails(.ftp(LoginCheck(tls: .yes)), "the server does not speak TLS"),
      ]
    }, awaited: "FTP greeting")
}
