import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `ldap`, in clear, with StartTLS and with TLS from the start, with binds and a search.
  static let slapd = RealServer(
    name: "slapd", portCount: 2,
    prepare: { place in
      let configuration = try place.write(
        "slapd.conf",
        """
        include /etc/ldap/schema/core.schema
        pidfile \(place.file("pid"))
        modulepath /usr/lib/ldap
        moduleload back_mdb
        TLSCertificateFile \(place.certificates.server.certificate)
        TLSCertificateKeyFile \(place.certificates.server.key)
        database mdb
        suffix "dc=example,dc=org"
        rootdn "cn=joe,dc=example,dc=org"
        rootpw tiger
        directory \(try place.directory("database"))

        """)
      let base = try place.write(
        "base.ldif",
        """
        dn: dc=example,dc=org
        objectClass: dcObject
        objectClass: organization
        o: Example
        dc: example

        """)
      try await place.run(["/usr/sbin/slapadd", "-f", configuration, "-l", base])
      let addresses = "ldap://127.0.0.1:\(place.ports[0]) ldaps://127.0.0.1:\(place.ports[1])"
      return ["/usr/sbin/slapd", "-d", "0", "-f", configuration, "-h", addresses]
    },
    cases: { _ in
      let (base, absent) = ("dc=example,dc=org", "ou=none,dc=example,dc=org")
      let bound = credentials("cn=joe,dc=example,dc=org", "tiger")
      return [
        .passes(.ldap(LDAPCheck(tls: .starttls, credentials: bound, base: base)), "LDAP bind and entry '\(base)'"),
        .passes(.ldap(LDAPCheck(tls: .yes, credentials: bound, base: base)), port: 1, "LDAP bind and entry"),
        .passes(.ldap(LDAPCheck(base: base)), "LDAP bind and entry"), .passes(.ldap(LDAPCheck()), "LDAP bind"),
        .fails(
          .ldap(LDAPCheck(tls: .starttls, credentials: credentials("cn=joe,dc=example,dc=org", "lion"))),
          "answer to the bind is code 49"),
        .fails(.ldap(LDAPCheck(tls: .yes, base: absent)), port: 1, "answer to the search is code 32"),
        .fails(.ldap(LDAPCheck()), port: 1, "the server closed the connection"),
      ]
    }, awaited: "answer to StartTLS")
}
