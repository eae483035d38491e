import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `smtp`, in clear, with STARTTLS and with TLS from the start.
  static let postfix = RealServer(
    name: "postfix", needsRoot: true, portCount: 3,
    prepare: { place in
      let queue = try place.directory("spool")
      for name in ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved"]
      {
        try place.directory("spool/\(name)", owner: "postfix")
      }
      for name in ["maildrop", "public"] { try place.directory("spool/\(name)", owner: "postfix") }
      try place.directory("spool/pid")
      try place.directory("data", owner: "postfix")
      let configuration = try place.directory("etc")
      try place.write(
        "etc/main.cf",
        """
        compatibility_level = 3.6
        queue_directory = \(queue)
        data_directory = \(place.file("data"))
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = \(place.file("mail.log"))
        maillog_file_prefixes = \(place.path)
        myhostname = mail.example.org
        inet_interfaces = 127.0.0.1
        mydestination =
        alias_maps =
        smtpd_tls_cert_file = \(place.certificates.server.certificate)
        smtpd_tls_key_file = \(place.certificates.server.key)
        smtpd_tls_security_level = may

        """)
      try place.write(
        "etc/master.cf",
        """
        127.0.0.1:\(place.ports[0]) inet n - n - - smtpd
        127.0.0.1:\(place.ports[1]) inet n - n - - smtpd
          -o smtpd_tls_wrappermode=yes
        127.0.0.1:\(place.ports[2]) inet n - n - - smtpd
          -o smtpd_tls_security_level=none
        cleanup unix n - n - 0 cleanup
        rewrite unix - - n - - trivial-rewrite
        tlsmgr unix - - n 1000? 1 tlsmgr
        anvil unix - - n - 1 anvil
        proxymap unix - - n - - proxymap
        postlog unix-dgram n - n - 1 postlogd

        """)
      return ["/usr/lib/postfix/sbin/master", "-d", "-c", configuration]
    },
    cases: { _ in
      [
        .passes(.smtp(LoginCheck(tls: .starttls)), "SMTP '220 mail.example.org ESMTP"),
        .passes(.smtp(LoginCheck()), "SMTP '220 mail.example.org ESMTP"),
        .passes(.smtp(LoginCheck(tls: .yes)), port: 1, "SMTP '220 mail.example.org ESMTP"),
        .fails(.smtp(LoginCheck(tls: .starttls)), port: 2, "the server offers no STARTTLS"),
        .fails(.smtp(LoginCheck(tls: .starttls, credentials: joe)), "expected an answer to AUTH that agrees, got '503"),
        .fails(.smtp(LoginCheck(tls: .yes)), "the server does not speak TLS"),
        .fails(.imap(LoginCheck()), "expected an IMAP greeting, got '220"),
      ]
    }, awaited: "SMTP greeting")
}
