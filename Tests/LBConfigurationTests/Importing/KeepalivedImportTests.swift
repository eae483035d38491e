import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct KeepalivedImportTests {
  @Test func programsAndPagesOverTLS() throws {
    let imported = try Imported(
      .keepalived,
      """
      virtual_server 192.0.2.1 443 {
          protocol TCP
          real_server 10.0.0.1 443 {
              MISC_CHECK { misc_path "/usr/local/bin/check" misc_timeout 5 }
          }
          real_server 10.0.0.2 443 {
              MISC_CHECK { misc_path "/usr/local/bin/check -v 10.0.0.2" }
          }
          real_server 10.0.0.3 443 {
              SSL_GET { url { path / status_code 200 } }
          }
      }
      """)
    let checks = imported.services[0].realServers.map { $0.healthChecks.map(\.kind) }
    #expect(checks[0] == [.external(command: "/usr/local/bin/check")])
    #expect(checks[1] == [])
    guard case .application(.http(let page), nil)? = checks[2].first, page.tls != nil else {
      Issue.record("no check over TLS: \(checks[2])")
      return
    }
    #expect(imported.notes.count == 1 && imported.notes[0].contains("MISC_CHECK /usr/local/bin/check: "))
    #expect(imported.text.contains("with these: -v 10.0.0.2"))
  }

  @Test func aVirtualServerWithItsChecks() throws {
    let imported = try Imported(
      .keepalived,
      """
      ! comment
      global_defs {
          lvs_timeouts tcp 600 udp 30
      }
      virtual_server 192.0.2.1 80 {
          protocol TCP
          delay_loop 6   # seconds
          lb_algo wrr
          lb_kind NAT
          persistence_timeout 50
          persistence_granularity 255.255.255.0
          virtualhost www.example.org
          sorry_server 10.0.0.9 8080
          real_server 10.0.0.1 80 {
              weight 3
              uthreshold 100
              HTTP_GET {
                  url {
                    path /health
                    status_code 200-299 404
                  }
                  connect_timeout 3
                  retry 3
                  delay_before_retry 2
              }
          }
          real_server 10.0.0.2 8080 {
              TCP_CHECK {
                  connect_port 8081
              }
              SMTP_CHECK { connect_timeout 2 }
          }
          real_server 10.0.0.3 80 {
          }
      }
      """)
    #expect(
      imported.table == [
        "tcp 192.0.2.1 80 wrr p 50/24", "  10.0.0.1 nat 3", "  10.0.0.2 port 8080 nat 1", "  10.0.0.3 nat 1",
      ])
    #expect(imported.notes.isEmpty)
    let service = imported.services[0]
    #expect(service.fallback == FallbackServer(address: Samples.fallback, port: 8080))
    #expect(imported.loaded.global.timeouts?.tcp == 600)
    let check = try #require(service.realServers[0].healthChecks.first)
    #expect(check.timing.interval == .seconds(6) && check.timing.timeout == .seconds(3))
    #expect(check.timing.failures == 4 && check.timing.fastInterval == .seconds(2))
    guard case .application(.http(let http), nil) = check.kind else {
      Issue.record("no http check: \(check)")
      return
    }
    #expect(http.path == "/health" && http.host == "www.example.org" && http.statuses == [200...299, 404...404])
    #expect(service.realServers[1].healthChecks.first?.kind == .connect(.list([8081])))
    #expect(service.realServers[1].healthChecks.count == 2)
    #expect(service.realServers[2].healthChecks.map(\.kind) == [.on])
  }

  private enum Samples {
    static let fallback = IPAddress("10.0.0.9") ?? IPAddress(family: .inet, value: 0)
  }

  @Test func groupsMarksAndRanges() throws {
    let imported = try Imported(
      .keepalived,
      """
      virtual_server_group web {
        192.0.2.1 80
        192.0.2.8-9 443
        192.0.2.16/31 25
        2001:db8::a-b 80
        fwmark 5
      }
      virtual_server group web {
        protocol TCP
        lvs_sched rr
        lvs_method TUN type gre csum
        ops
        real_server 10.0.0.1 0 {
          weight 2
          PING_CHECK { }
        }
      }
      virtual_server fwmark 9 {
        protocol TCP
        real_server 2001:db8::1 {
          UDP_CHECK {
            connect_port 53
            payload 41 4 fF
            require_reply 4x
          }
        }
      }
      """)
    let server = "  10.0.0.1 tun 2"
    #expect(
      imported.table == [
        "tcp 192.0.2.1 80 rr", server, "tcp 192.0.2.8 443 rr", server, "tcp 192.0.2.9 443 rr", server,
        "tcp 192.0.2.16 25 rr", server, "tcp 192.0.2.17 25 rr", server, "tcp 2001:db8::a 80 rr", server,
        "tcp 2001:db8::b 80 rr", server, "mark 5 inet rr", server, "mark 9 inet6 wlc", "  2001:db8::1 nat 1",
      ])
    #expect(imported.services[0].label == "web-192.0.2.1-80")
    #expect(imported.services[0].tunnel == Tunnel(kind: .gre, checksum: true))
    #expect(imported.services[0].healthChecks.map(\.kind) == [.ping])
    #expect(imported.notes.count { $0.contains("one-packet") } == 8)
    guard case .application(.udp(let datagram), 53) = imported.services.last?.realServers[0].healthChecks.first?.kind
    else {
      Issue.record("no udp check")
      return
    }
    #expect(datagram.send == [0x41, 0x04, 0xFF])
    #expect(imported.notes.contains { $0.contains("require_reply 4x") })
  }

  @Test func addressesOfVRRPAreKept() throws {
    let imported = try Imported(
      .keepalived,
      """
      $LAN=eth1
      vrrp_instance VI_1 {
        interface ${LAN}
        virtual_ipaddress {
          192.0.2.1/24 dev eth0
          10.0.0.254/24
        }
      }
      @other virtual_server 192.0.2.7 80 {
      virtual_server 192.0.2.1 80 {
        inhibit_on_failure
        persistence_timeout 10
        quorum 2
        notify_up "/usr/bin/logger -t \\"up\\""
        real_server 10.0.0.1 80 { }
      }
      include more.conf
      """)
    #expect(imported.loaded.floatingIPs.map { "\($0.address) \($0.interface ?? "")" } == ["10.0.0.254 eth1"])
    #expect(imported.services[0].interface == .named("eth0") && imported.services[0].onFailure == .quiesce)
    #expect(imported.loaded.global.persistentClients == .move)
    #expect(imported.services[0].transport == .udp)
    for piece in [
      "keepalived takes UDP", "vrrp_instance VI_1", "@other", "quorum 2", "notify_up", "include more.conf",
      "persistent clients",
    ] {
      #expect(imported.notes.contains { $0.contains(piece) }, "\(piece)")
    }
  }

  @Test func anInterfaceThatCannotBeIsLeftOut() throws {
    let imported = try Imported(
      .keepalived,
      """
      vrrp_instance VI_1 {
        interface eth0:1
        virtual_ipaddress {
          10.0.0.254/24
        }
      }
      """)
    #expect(imported.loaded.floatingIPs.map { "\($0.address) \($0.interface ?? "")" } == ["10.0.0.254 "])
    #expect(imported.notes.contains { $0.contains("interface=\"eth0:1\" is not allowed") })
  }

  @Test(arguments: [
    ("virtual_server 10.0.0.1 80 {\n", "1: 'virtual_server {' has no end"), ("a\n}\n", "2: a '}' has no '{'"),
    ("virtual_server www 80 {\n}\n", "1: 'www 80' is no address and port"),
    ("virtual_server group x {\n}", "1: there is no virtual_server_group 'x'"),
    ("virtual_server 10.0.0.0/8 80 {\n}", "1: '10.0.0.0/8 80' is no address and port, or is a range of more"),
    (String(repeating: "a {\n", count: 1000), "17: braces are too deep"),
  ])
  func whatIsNoConfigurationIsRefused(text: String, message: String) {
    let error = #expect(throws: ConfigurationErrors.self) { try Imported(.keepalived, text) }
    #expect(error?.description.hasPrefix("other.conf:" + message) == true, "\(error?.description ?? "")")
  }
}
