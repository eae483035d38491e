import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `imap` and `pop3`, in clear, with STARTTLS and with TLS from the start, with logins.
  static let dovecot = RealServer(
    name: "dovecot", needsRoot: true, portCount: 4,
    prepare: { place in
      try place.write("users", "joe:{PLAIN}tiger\n")
      let home = try place.directory("home", owner: "nobody")
      let configuration = try place.write(
        "dovecot.conf",
        """
        protocols = imap pop3
        listen = 127.0.0.1
        base_dir = \(place.file("run"))
        log_path = /dev/stderr
        ssl = yes
        ssl_cert = <\(place.certificates.server.certificate)
        ssl_key = <\(place.certificates.server.key)
        disable_plaintext_auth = no
        auth_failure_delay = 0
        mail_location = maildir:~/mail
        first_valid_uid = 1
        passdb {
          driver = passwd-file
          args = \(place.file("users"))
        }
        userdb {
          driver = static
          args = uid=nobody gid=nogroup home=\(home)
        }
        service imap-login {
          inet_listener imap {
            port = \(place.ports[0])
          }
          inet_listener imaps {
            port = \(place.ports[1])
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = \(place.ports[2])
          }
          inet_listener pop3s {
            port = \(place.ports[3])
          }
        }

        """)
      return ["/usr/sbin/dovecot", "-F", "-c", configuration]
    },
    cases: { _ in
      func login(_ tls: TLSUse = .no, _ credentials: Credentials? = joe) -> LoginCheck {
        LoginCheck(tls: tls, credentials: credentials)
      }
      return [
        .passes(.imap(login(.starttls)), "IMAP '* OK [CAPABILITY"),
        .passes(.imap(login(.yes)), port: 1, "IMAP '* OK [CAPABILITY"),
        .passes(.imap(login()), "IMAP '* OK [CAPABILITY"), .passes(.imap(login(.no, nil)), "IMAP '* OK [CAPABILITY"),
        .fails(.imap(login(.yes, jim)), port: 1, "expected OK as answer to LOGIN, got 'A2 NO [AUTHENTICATIONFAILED]"),
        .passes(.pop3(login(.starttls)), port: 2, "POP3 '+OK Dovecot"),
        .passes(.pop3(login(.yes)), port: 3, "POP3 '+OK Dovecot"),
        .passes(.pop3(login()), port: 2, "POP3 '+OK Dovecot"),
        .fails(.pop3(login(.yes, jim)), port: 3, "expected +OK as answer to PASS, got '-ERR [AUTH]"),
        .fails(.pop3(login()), "expected +OK as POP3 greeting, got '* OK"),
        // It greets, or has enough of what it cannot read: whichever comes first.
        .fails(.imap(login(.yes)), ": the server "),
      ]
    }, awaited: "IMAP greeting")
}
