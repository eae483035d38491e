import ControlAPI
import Testing

@testable import LBCommands

/// Texts are compared whole: operators and their scripts see every blank.
@Suite struct RenderingTests {
  let plain = Display()

  private func text(_ lines: [String]) -> String { lines.joined(separator: "\n") }

  @Test func overviewOfOneService() {
    let lines = OverviewText(overview: Samples.overview, now: Samples.now).lines(on: plain)
    #expect(
      text(lines) == """
          SERVER            ADDRESS       WEIGHT  ACTIVE  INACTIVE  STATUS
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,2099,50000-60000  dr  wlc
          ● RomexisServer1  10.10.90.201     100       0         2  up: connected to port 1099 in 0.4 ms
          ○ fallback        10.10.90.202                            stands by
        """)
  }

  @Test func overviewWithRates() {
    let lines = OverviewText(overview: Samples.busyOverview, now: Samples.now).lines(on: plain)
    #expect(
      text(lines) == """
          SERVER            ADDRESS       WEIGHT  ACTIVE  INACTIVE  NEW/S  STATUS
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,2099,50000-60000  dr  wlc
          ● RomexisServer1  10.10.90.201     100       0         2      3  up: connected to port 1099 in 0.4 ms
          ○ fallback        10.10.90.202                                   stands by
        """)
  }

  @Test func overviewWithEverything() {
    let lines = OverviewText(overview: Samples.richOverview, now: Samples.now).lines(on: plain)
    #expect(
      text(lines) == """
          SERVER            ADDRESS           WEIGHT  ACTIVE  INACTIVE  STATUS
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,2099,50000-60000  dr  wlc
          ● RomexisServer1  10.10.90.201         100       0         2  up: connected to port 1099 in 0.4 ms
          ○ fallback        10.10.90.202                                stands by
        ● Mail  red  mark 7 inet6  nat  rr
          ● a               [2001:db8::1]:25       1      12      3456  down for 1 min 5 s: connection refused
          ● b               2001:db8::2         halt       0         0  unchecked
          ○ fallback        [2001:db8::9]:25                            serves
        warning: 10.10.90.199 is also answered for by 00:11:22:33:44:55
        """)
  }

  @Test func connectionsWithASummaryFirst() {
    #expect(
      text(ConnectionsText(list: Samples.connections).lines(on: plain)) == """
        SERVICE    SERVER    ESTABLISHED  SYN_RECV  UDP  TEMPLATES
        Mail       a                 100         1               1
        Mail       fallback            1                         0
        not lbd's                                     0          0
        102 connections, 1 template

        PROTOCOL  CLIENT               VIRTUAL           SERVER            STATE        EXPIRES  LABELS
        tcp       10.0.0.5:40000       10.10.90.199:104  10.10.90.201:104  SYN_RECV        58 s  Mail/a
        ip        10.0.0.0             mark              10.10.90.201      template       299 s  Mail/a
        tcp       [2001:db8::5]:40001  [2001:db8::1]:25  [2001:db8::9]:25  ESTABLISHED    900 s  Mail/fallback
        … and 100 more; --all lists them
        """)
    #expect(ConnectionsText(list: ConnectionList()).lines(on: plain) == ["no connections"])
    let narrow = ConnectionsText(list: Samples.connections).lines(on: Display(width: 80))
    #expect(narrow.contains("CLIENT               SERVER            STATE        EXPIRES  LABELS"))
  }

  @Test func findingsWithWhatMendsThem() {
    #expect(
      text(DiagnosisText(report: Samples.diagnosis).lines(on: plain)) == """
        arp-problem  Mail/a
          a at 02:00:00:00:00:02 answers ARP
          On the server, Linux:
              ip address replace 10.0.0.1/32 dev lo
          Or take it off.

        conntrack-off
          it is 0

        2 findings; 'lbctl diagnose' again tells whether it is mended
        Looked at 1 virtual service.
        """)
    #expect(
      DiagnosisText(report: Samples.diagnosis).lines(on: Display(width: 24)).prefix(6) == [
        "arp-problem  Mail/a", "  a at 02:00:00:00:00:02", "  answers ARP", "  On the server, Linux:",
        "      ip address replace 10.0.0.1/32 dev lo", "  Or take it off.",
      ])
    #expect(
      text(
        DiagnosisText(report: DiagnosisReport(findings: [], examined: ["Looked."])).lines(on: plain)
      )
        == "nothing found\nLooked.")
  }

  @Test func overviewOfNothing() {
    #expect(
      OverviewText(overview: Overview(services: []), now: Samples.now).lines(on: plain)
        == ["no virtual services are configured"])
  }

  @Test func messagesAreCutOnANarrowTerminal() {
    let lines = OverviewText(overview: Samples.overview, now: Samples.now).lines(
      on: Display(width: 76))
    #expect(
      lines[2] == "  ● RomexisServer1  10.10.90.201     100       0  up: connected to port 109…")
    #expect(lines[2].count == 76)
  }

  @Test func coloursAreThoseOfTheStatus() {
    let display = Display(hasColors: true)
    let lines = OverviewText(overview: Samples.richOverview, now: Samples.now).lines(on: display)
    #expect(
      lines[1].hasPrefix(
        "\u{1B}[32m● \u{1B}[0m\u{1B}[1mRomexisVIP\u{1B}[0m  \u{1B}[32mgreen\u{1B}[0m"))
    #expect(lines[5].hasPrefix("\u{1B}[31m  ● a\u{1B}[0m   "))
    #expect(lines[6].hasPrefix("\u{1B}[34m  ● b\u{1B}[0m   "))
    #expect(lines[7].hasSuffix("\u{1B}[33mserves\u{1B}[0m"))
  }

  @Test func statusWhenAllIsWell() {
    #expect(
      text(StatusText(status: Samples.status).lines(on: plain)) == """
        daemon         lbd 0.1.0, process 815, up for 2 d 4 h
        configuration  runs from its files, applied at 2026-11-20 10:00:00
                       /etc/lbd/lbd.xml, read at 2026-11-20 10:00:00
                       /etc/lbd/conf.d/10.xml, read at 2026-11-20 10:00:00
        last error     none
        repairs        0
        """)
  }

  @Test func statusInTrouble() {
    let inBerlin = Display(secondsFromUTC: { _ in 3_600 })
    #expect(
      text(StatusText(status: Samples.troubledStatus).lines(on: inBerlin)) == """
        daemon         lbd 0.1.0, process 815, up for 59 s
        configuration  the files had errors at the start; runs from the history, applied at 2026-11-20 11:00:00
                       /etc/lbd/lbd.xml, read at 2026-11-20 11:00:00
        errors         /etc/lbd/lbd.xml:3: unknown attribute 'adress'
        withdrawn      nothing of lbd's is in the kernel until 'lbctl resume'
        last error     2026-11-20 11:00:00: the configuration has an error
        repairs        2
        warnings       eth0 has no link
        """)
  }

  @Test func services() {
    let mark = ServiceDetail(
      overview: Samples.richOverview.services[1], settings: ServiceSettings(healthChecks: []))
    #expect(
      text(ServiceListText(list: ServiceList(services: [Samples.detail, mark])).lines(on: plain))
        == """
          SERVICE     STATUS  ADDRESS       PROTOCOL  PORTS                      FORWARDING  SCHEDULER  SERVERS
        ● RomexisVIP  green   10.10.90.199  tcp       104,1099,2099,50000-60000  dr          wlc              1
        ● Mail        red     mark 7        inet6                                nat         rr               2
        """)
  }

  @Test func whatOnlySomeServicesHave() {
    var detail = Samples.detail
    detail.settings.suspect = true
    detail.settings.snatAddress = "10.10.90.5"
    (detail.settings.tunnelType, detail.settings.tunnelPort) = ("gue", 6080)
    detail.settings.tunnelChecksum = true
    detail.settings.healthChecks[0].via = "vip"
    detail.settings.healthChecks[0].fastInterval = 0.5
    let lines = ServiceText(service: detail, now: Samples.now).lines(on: plain)
    for line in [
      "suspect          yes", "source address   10.10.90.5", "tunnel           gue to port 6080 with checksum",
      "connect to 1099 through the virtual address every 6 s (0.5 s while unsettled), timeout 2.5 s",
    ] {
      #expect(text(lines).contains(line), "\(text(lines))")
    }
  }

  @Test func service() {
    #expect(
      text(ServiceText(service: Samples.detail, now: Samples.now).lines(on: plain)) == """
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,2099,50000-60000  dr  wlc
          interface        eth0
          persistence      300 s, granularity /32
          on failure       remove
          scheduler flags  port
          health checks    connect to 1099 every 6 s, timeout 2.5 s, down after 2, up after 1
          connections      0 active, 2 inactive
          SERVER            ADDRESS       WEIGHT  ACTIVE  INACTIVE  STATUS
          ● RomexisServer1  10.10.90.201     100       0         2  up: connected to port 1099 in 0.4 ms
          ○ fallback        10.10.90.202                            stands by
        """)
  }

  @Test func changes() {
    #expect(
      text(ChangeText(changes: Samples.plan.changes).lines(on: plain)) == """
        + Mail: IPVS service [2001:db8::9]:25 tcp
        ~ RomexisVIP/RomexisServer1: forwarding dr to nat (cuts connections)
        - address 10.0.0.1/32 from eth0
        """)
  }

  @Test func stateChange() {
    #expect(
      StateChangeText(change: Samples.halted).lines(on: plain) == [
        """
        RomexisVIP/RomexisServer1: halted, up, weight 0; the fallback server serves; \
        its connections end at their next packet
        """
      ])
    var dry = Samples.halted
    dry.dryRun = true
    #expect(
      StateChangeText(change: dry).lines(on: plain) == [
        """
        RomexisVIP/RomexisServer1: would be halted, up, weight 0; the fallback server serves; \
        its connections end at their next packet
        """,
        "- RomexisVIP/RomexisServer1: server",
      ])
  }

  @Test func configurationCheck() {
    #expect(
      ConfigurationCheckText(check: Samples.validCheck).lines(on: plain) == [
        "1 file, 2 virtual services, no errors"
      ])
    #expect(
      ConfigurationCheckText(check: Samples.invalidCheck).lines(on: plain) == [
        "a.xml:3: unknown attribute 'adress'", "b.xml: no such file", "2 errors in 2 files",
      ])
  }

  @Test func events() {
    #expect(
      text(Samples.events.events.map { EventText(event: $0).line(on: plain) }) == """
        2026-11-20 10:00:00  daemon         started
        2026-11-20 10:00:00  operator       RomexisVIP/RomexisServer1: halted (by root)
        """)
  }

  @Test(arguments: [
    (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_601, "1 h"), (3_660, "1 h 1 min"),
    (90_061, "1 d 1 h"),
  ])
  func spans(seconds: Int64, text: String) {
    #expect(Words.span(seconds: seconds) == text)
  }

  @Test func severalChecksHaveTheirNumbers() {
    var detail = Samples.detail
    let on = HealthCheckSettings(type: "on", interval: 6, timeout: 3, failures: 2, successes: 1)
    detail.settings.healthChecks = [on, Samples.check]
    detail.overview.servers[0].healthChecks = [on]
    let lines = ServiceText(service: detail, now: Samples.now).lines(on: Display())
    #expect(lines.contains { $0.contains("1: on; 2: connect to 1099") })
    #expect(lines.contains { $0.hasSuffix("health checks of RomexisServer1  on") })
  }
}
