import Foundation
import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `postgresql`: logins with SCRAM, md5 and in clear, over TLS and without, queries.
  static let postgreSQL = RealServer(
    name: "postgresql",
    prepare: { place in
      let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")
      let programs = "/usr/lib/postgresql/\(versions.max() ?? "")/bin"
      // It refuses root.
      let user =
        Workplace.isRoot ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
      try place.give(place.path, to: "postgres")
      let password = try place.write("password", "tiger\n")
      let data = place.file("data")
      try await place.run(
        user + ["\(programs)/initdb", "-D", data, "-U", "joe", "--pwfile=\(password)", "--no-sync", "-A", "trust"])
      let socket = place.path
      let settings = [
        "listen_addresses=127.0.0.1", "port=\(place.ports[0])", "unix_socket_directories=\(socket)", "fsync=off",
        "ssl=on",
        "ssl_cert_file=\(place.certificates.server.certificate)", "ssl_key_file=\(place.file("key"))",
        "hba_file=\(place.file("hba"))",
      ]
      try place.write(
        "hba",
        """
        local all all trust
        host all joe 127.0.0.1/32 scram-sha-256
        host all old 127.0.0.1/32 md5
        host all plain 127.0.0.1/32 password
        host all peer 127.0.0.1/32 ident

        """)
      // Nobody else may be able to read it.
      try place.write("key", try String(contentsOfFile: place.certificates.server.key, encoding: .utf8), mode: 0o600)
      try place.give(place.file("key"), to: "postgres")
      let users = try place.write(
        "users.sql",
        """
        SET password_encryption = 'md5';
        CREATE USER old PASSWORD 'tiger';
        CREATE USER plain PASSWORD 'tiger';
        """)
      try await place.run(user + ["/bin/sh", "-c", "\(programs)/postgres --single -j -D \(data) postgres < \(users)"])
      return user + ["\(programs)/postgres", "-D", data] + settings.flatMap { ["-c", $0] }
    },
    cases: { _ in
      func postgres(
        _ tls: TLSUse, _ credentials: Credentials? = joe, _ database: String? = "postgres", _ query: String? = nil
      ) -> ApplicationCheck {
        .postgresql(DatabaseCheck(tls: tls, credentials: credentials, database: database, query: query))
      }
      return [
        .passes(postgres(.starttls, joe, "postgres", "SELECT 1"), "PostgreSQL login and query in "),
        .passes(postgres(.yes), "PostgreSQL login in "), .passes(postgres(.no), "PostgreSQL login in "),
        .passes(postgres(.no, credentials("old", "tiger")), "login"),
        .passes(postgres(.yes, credentials("plain", "tiger")), "login"),
        .passes(postgres(.no, nil, nil), "PostgreSQL accepts connections"),
        .passes(postgres(.yes, nil), "PostgreSQL accepts connections"),
        .passes(postgres(.no, joe, "postgres", "SET TIME ZONE 'UTC'"), "login and query"),
        .fails(postgres(.yes, jim), "the login is refused: 'password authentication failed for user \"joe\"'"),
        .fails(postgres(.no, credentials("old", "lion")), "the login is refused: 'password authentication failed"),
        .fails(postgres(.yes, joe, "bank"), "the server refuses: 'database \"bank\" does not exist'"),
        .fails(postgres(.no, joe, nil), "the server refuses: 'database \"joe\" does not exist'"),
        .fails(postgres(.no, joe, "postgres", "SELECT 1 WHERE false"), "the query gave no row"),
        .fails(postgres(.no, joe, "postgres", "SELECT x FROM y"), "the query failed: 'relation \"y\" does not exist'"),
        .fails(postgres(.no, joe, "postgres", "COPY pg_class TO STDOUT"), "the query copies"),
      ]
    }, awaited: "answer to the request for TLS")
}
