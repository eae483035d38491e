import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `dns`, over UDP and TCP.
  static let unbound = RealServer(
    name: "unbound",
    prepare: { place in
      let configuration = try place.write(
        "unbound.conf",
        """
        server:
          interface: 127.0.0.1@\(place.ports[0])
          do-daemonize: no
          chroot: ""
          username: ""
          directory: "\(place.path)"
          pidfile: "\(place.file("pid"))"
          use-syslog: no
          logfile: ""
          local-zone: "example.org." static
          local-data: "www.example.org. A 192.0.2.7"
          local-data: "www.example.org. AAAA 2001:db8::7"
          local-data: "example.org. MX 10 mail.example.org."
        remote-control:
          control-enable: no

        """)
      return ["/usr/sbin/unbound", "-d", "-c", configuration]
    },
    cases: { _ in
      let name = "www.example.org"
      return [
        .passes(.dns(DNSCheck(name: name, expected: "192.0.2.7")), "A record of '\(name)' is '192.0.2.7' in "),
        .passes(.dns(DNSCheck(name: name, record: .aaaa, expected: "2001:db8:0::7")), "AAAA record"),
        .passes(.dns(DNSCheck(name: "example.org", record: .mx, transport: .tcp)), "'10 mail.example.org"),
        .fails(.dns(DNSCheck(name: name, expected: "192.0.2.8")), "expected '192.0.2.8' as A record of"),
        .fails(.dns(DNSCheck(name: "none.example.org", transport: .tcp)), "NXDOMAIN for the A record of"),
        .fails(.dns(DNSCheck(name: name, record: .txt)), "no TXT record of"),
      ]
    }, awaited: "DNS answer")
}
