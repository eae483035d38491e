import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `sip`, over UDP.
  static let sipp = RealServer(
    name: "sipp",
    prepare: { place in
      let scenario = try place.write(
        "scenario.xml",
        """
        <?xml version="1.0" encoding="ISO-8859-1"?>
        <scenario name="OPTIONS">
          <recv request="OPTIONS"/>
          <send><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_From:]
        [last_To:];tag=[pid]
        [last_Call-ID:]
        [last_CSeq:]
        Content-Length: 0

        ]]></send>
        </scenario>

        """)
      return ["/usr/bin/sipp", "-sf", scenario, "-i", "127.0.0.1", "-p", "\(place.ports[0])", "-nostdin"]
    },
    cases: { _ in
      [
        .passes(.sip(SIPCheck()), "SIP 'SIP/2.0 200 OK' in "),
        .fails(.dns(DNSCheck(name: "example.org")), within: .milliseconds(300), "no DNS answer within"),
      ]
    }, awaited: "SIP answer")
}
