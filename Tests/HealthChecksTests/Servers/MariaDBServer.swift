import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `mysql`: greeting, logins with mysql_native_password in clear and over TLS, queries.
  static let mariaDB = RealServer(
    name: "mariadb",
    prepare: { place in
      let user = Workplace.isRoot ? ["--user=root"] : []
      let data = "--datadir=\(place.file("data"))"
      try await place.run(
        ["/usr/bin/mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal"]
          + ["--skip-test-db"] + user)
      let users = try place.write(
        "users.sql",
        """
        CREATE DATABASE shop;
        CREATE USER 'joe'@'127.0.0.1' IDENTIFIED BY 'tiger';
        GRANT ALL ON shop.* TO 'joe'@'127.0.0.1';
        INSTALL SONAME 'auth_ed25519';
        CREATE USER 'modern'@'127.0.0.1' IDENTIFIED VIA ed25519 USING PASSWORD('tiger');

        """)
      return [
        "/usr/sbin/mariadbd", "--no-defaults", data, "--bind-address=127.0.0.1", "--port=\(place.ports[0])",
        "--socket=\(place.file("sock"))", "--init-file=\(users)", "--skip-name-resolve",
        "--ssl-cert=\(place.certificates.server.certificate)", "--ssl-key=\(place.certificates.server.key)",
        "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M",
      ] + user
    },
    cases: { _ in
      func mysql(
        _ tls: TLSUse, _ credentials: Credentials? = joe, _ database: String? = nil, _ query: String? = nil
      ) -> ApplicationCheck {
        .mysql(DatabaseCheck(tls: tls, credentials: credentials, database: database, query: query))
      }
      return [
        .passes(mysql(.yes, joe, "shop", "SELECT 1"), "' login and query in "),
        .passes(mysql(.starttls), "' login in "),
        .passes(mysql(.no, joe, nil, "SELECT 1, 'a' UNION SELECT 2, 'b'"), "query"),
        .passes(mysql(.no, joe, "shop", "CREATE TABLE IF NOT EXISTS t (a INT)"), "login and query"),
        .passes(mysql(.no, nil), "MySQL '"), .passes(mysql(.yes, nil), "MySQL '"),
        .fails(mysql(.yes, jim), "the login is refused: 'Access denied for user 'joe'@'127.0.0.1'"),
        .fails(mysql(.no, jim), "the login is refused: 'Access denied"),
        .fails(mysql(.no, joe, "bank"), "the login is refused: 'Access denied for user 'joe'@'127.0.0.1' to database"),
        .fails(mysql(.yes, joe, "shop", "SELECT 1 FROM DUAL WHERE 1 = 2"), "the query gave no row"),
        .fails(mysql(.yes, joe, "shop", "SELECT x FROM nothing"), "the query failed: 'Table 'shop.nothing' doesn't"),
        .fails(mysql(.yes, credentials("modern", "tiger")), "a way to log in that checks don't know: 'client_ed25519'"),
      ]
    }, awaited: "MySQL greeting")
}
