import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `radius`: its status, and a user's password.
  static let freeRADIUS = RealServer(
    name: "freeradius",
    prepare: { place in
      try place.write("dictionary", "$INCLUDE /usr/share/freeradius/dictionary\n", mode: 0o600)
      try place.write("users", "joe Cleartext-Password := \"tiger\"\n", mode: 0o600)
      try place.write(
        "radiusd.conf",
        """
        name = radiusd
        prefix = /usr
        libdir = /usr/lib/freeradius
        raddbdir = \(place.path)
        logdir = \(place.path)
        run_dir = \(place.path)
        security {
          status_server = yes
        }
        thread pool {
          start_servers = 1
          max_servers = 2
          min_spare_servers = 1
          max_spare_servers = 1
        }
        client local {
          ipaddr = 127.0.0.1
          secret = xyzzy5461
        }
        modules {
          pap {
          }
          files {
            filename = \(place.file("users"))
          }
        }
        server default {
          listen {
            type = auth
            ipaddr = 127.0.0.1
            port = \(place.ports[0])
          }
          authorize {
            files
            pap
          }
          authenticate {
            Auth-Type PAP {
              pap
            }
          }
        }

        """, mode: 0o600)
      return ["/usr/sbin/freeradius", "-f", "-l", "stdout", "-d", place.path]
    },
    cases: { _ in
      let secret = Secret("xyzzy5461")
      return [
        .passes(.radius(RADIUSCheck(secret: secret, credentials: joe)), "Access-Accept in "),
        .passes(.radius(RADIUSCheck(secret: secret)), "RADIUS status in "),
        .fails(.radius(RADIUSCheck(secret: secret, credentials: jim)), "Access-Reject"),
        // Requests with another secret are not answered.
        .fails(.radius(RADIUSCheck(secret: Secret("other"))), within: .milliseconds(300), "no RADIUS answer within"),
      ]
    }, awaited: "RADIUS answer")
}
