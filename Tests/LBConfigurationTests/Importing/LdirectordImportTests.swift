import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct LdirectordImportTests {
  @Test func aVirtualServiceWithItsCheck() throws {
    let imported = try Imported(
      .ldirectord,
      """
      # Global Directives
      checktimeout=3
      checkinterval=1
      autoreload=yes
      quiescent=no
      fallback=127.0.0.1:80

      virtual=192.0.2.1:80
      \tservicename=Web Site
      \treal=10.0.0.2->10.0.0.4:8080 masq 5 "/own", "fine"
      \treal=10.0.0.9:80 masq "<l:10>" "<u:100>"
      \tservice=http
      \tscheduler=rr
      \tpersistent=600
      \tnetmask=255.255.0.0
      \trequest="index.html"
      \treceive="Test Page"
      \tvirtualhost=www.example.org
      \temailalert="root@localhost"

      virtual=7
              real=10.0.0.2 gate
              checktype=on
              fallback=10.0.0.8 gate
      """)
    #expect(
      imported.table == [
        "tcp 192.0.2.1 80 rr p 600/16", "  10.0.0.2 port 8080 nat 5", "  10.0.0.3 port 8080 nat 5",
        "  10.0.0.4 port 8080 nat 5", "  10.0.0.9 nat 1", "mark 7 inet wrr", "  10.0.0.2 dr 1",
      ])
    #expect(imported.notes == ["line 19: emailalert has no equivalent"])
    let web = imported.services[0]
    #expect(web.label == "Web-Site" && web.fallback?.forwarding == .dr && web.onFailure == .remove)
    #expect(web.realServers[3].minimumConnections == 10 && web.realServers[3].maximumConnections == 100)
    #expect(imported.text.contains("path=\"/own\"") && imported.text.contains("expect-regex=\"fine\""))
    let check = try #require(web.realServers[3].healthChecks.first)
    #expect(check.timing.interval == .seconds(1) && check.timing.timeout == .seconds(3) && check.timing.failures == 1)
    guard case .application(.http(let http), nil) = check.kind else {
      Issue.record("no http check: \(check)")
      return
    }
    #expect(http.path == "/index.html" && http.host == "www.example.org")
    #expect(http.expectation == .regex("Test Page"))
    #expect(imported.services[1].healthChecks.map(\.kind) == [.on])
  }

  /// Whatever the directive `service` names, the result loads.
  @Test(arguments: [
    "dns", "ftp", "http", "https", "http_proxy", "imap", "imaps", "ldap", "ldaps", "mysql", "nntp", "none", "oracle",
    "pgsql", "pop", "pops", "radius", "simpletcp", "sip", "smtp", "submission",
  ])
  func everyServiceLoads(name: String) throws {
    for checktype in ["negotiate", "connect", "ping", "external", "off", "3"] {
      let imported = try Imported(
        .ldirectord,
        """
        virtual=192.0.2.1:9999
            real=10.0.0.1:9999 gate
            service=\(name)
            checktype=\(checktype)
            request="a b"
            receive="x"
            login="u"
            passwd="p"
            secret="s"
            database="d"
        """)
      #expect(imported.table == ["tcp 192.0.2.1 9999 wrr", "  10.0.0.1 dr 1"])
      #expect(imported.services[0].onFailure == .quiesce)
    }
  }

  @Test func namesAreLeftOutAndSaid() throws {
    let imported = try Imported(
      .ldirectord, "virtual=www:80\n\treal=a:80 gate\nvirtual=192.0.2.1:80\n    real=sql1:80 gate\n\treal=10.0.0.1 ipip"
    )
    #expect(imported.table == ["tcp 192.0.2.1 80 wrr"])
    #expect(imported.notes.count == 3)
  }

  @Test(arguments: [
    ("virtual_server 10.0.0.1 80 {", "1: 'virtual_server 10.0.0.1 80 {' is no directive of ldirectord"),
    ("\n  real=10.0.0.1:80 gate", "2: an indented line stands before every virtual"),
  ])
  func whatIsNoConfigurationIsRefused(text: String, message: String) {
    let error = #expect(throws: ConfigurationErrors.self) { try Imported(.ldirectord, text) }
    #expect(error?.description.hasPrefix("other.conf:" + message) == true, "\(error?.description ?? "")")
  }
}
