import Foundation
import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `ntp`: a server that is the time itself, and none that is synchronised.
  static let chrony = RealServer(
    name: "chrony",
    prepare: { place in
      // Where it is not this machine's own it lies unpacked in the checkout.
      let unpacked = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../.lab/servers/usr/sbin/chronyd"
      ).standardized.path
      let program = FileManager.default.isExecutableFile(atPath: unpacked) ? unpacked : "/usr/sbin/chronyd"
      let configuration = try place.write(
        "chrony.conf",
        """
        port \(place.ports[0])
        cmdport 0
        bindaddress 127.0.0.1
        allow 127.0.0.1
        local stratum 8
        pidfile \(place.file("pid"))

        """)
      // It leaves the clock alone and does not ask for root.
      return [program, "-d", "-x", "-U", "-f", configuration] + (Workplace.isRoot ? ["-u", "root"] : [])
    },
    cases: { _ in
      [
        .passes(.ntp, "NTP stratum 8 in "),
        .fails(.radius(RADIUSCheck(secret: Secret("x"))), within: .milliseconds(300), "no RADIUS answer within"),
      ]
    }, awaited: "NTP answer")
}
