import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ValueTests {
  @Test(arguments: [
    (
      "scheduler='direct'",
      "scheduler=\"direct\" is not allowed; allowed: rr, wrr, lc, wlc, lblc, lblcr, sh, dh, sed, nq, "
        + "fo, ovf, mh"
    ),
    ("forwarding='DR'", "forwarding=\"DR\" is not allowed; allowed: dr, nat, snat, tun; did you mean `dr`?"),
    (
      "protocol='tcp,udp'",
      "protocol=\"tcp,udp\" is not allowed; allowed: tcp, udp, tcp+udp, sctp; did you mean `tcp+udp`?"
    ),
    ("enabled='true'", "enabled=\"true\" is not allowed; allowed: yes, no"),
    ("enabled=''", "enabled=\"\" is not allowed; allowed: yes, no"),
    (
      "interface='a name'",
      "interface=\"a name\" is not allowed; allowed: the name of a network interface, "
        + "1 to 15 characters"
    ),
    (
      "interface='abcdefghijklmnop'",
      "interface=\"abcdefghijklmnop\" is not allowed; allowed: the name of a network "
        + "interface, 1 to 15 characters"
    ),
    (
      "scheduler='sh' scheduler-flags='fallback,ports'",
      "scheduler-flags=\"fallback,ports\" has 'ports', which is no flag; "
        + "allowed: fallback, port, separated by commas"
    ),
  ])
  func wrongServiceValues(attributes: String, message: String) {
    #expect(webProblems(attributes) == [message])
  }

  @Test(arguments: [
    ("10.0.0.1/24", "has a prefix length"), ("10.0.0.256", "is no address"), ("web", "is no address"),
    ("010.0.0.1", "is no address"), ("0.0.0.0", "is the unspecified address, no host has it"),
    ("::", "is the unspecified address, no host has it"), ("224.0.0.18", "is a multicast address, a group of hosts"),
    ("ff02::1", "is a multicast address, a group of hosts"),
    ("255.255.255.255", "is the broadcast address, all hosts have it"),
    ("fe80::1%eth0", "is no address"), ("[::1]", "is no address"),
  ])
  func wrongAddresses(address: String, reason: String) {
    #expect(
      problems(document("<virtual-service label='Web' address='\(address)' ports='80'/>")) == [
        "2: virtual-service 'Web': address=\"\(address)\" \(reason); allowed: an IPv4 or IPv6 address"
      ])
  }

  @Test(arguments: [
    ("", "'' is empty: a comma too many"), ("80,", "'' is empty: a comma too many"),
    ("0", "'0' is not a port: 1 to 65535 are allowed"), ("65536", "'65536' is not a port: 1 to 65535 are allowed"),
    ("90-80", "'90-80' is a range that ends before it begins; write 80-90"),
    ("80 443", "'80 443' is not a port or a range like 50000-60000"),
    ("1-2-3", "'1-2-3' is not a port or a range like 50000-60000"),
  ])
  func wrongPorts(ports: String, reason: String) {
    #expect(
      webProblems(ports: ports) == [
        "ports=\"\(ports)\" has a mistake: \(reason); allowed: ports and ranges like 104,1099,50000-60000, or *"
      ])
  }

  @Test(arguments: ["", "a b", "ä", "a/b", String(repeating: "x", count: 65)])
  func wrongLabels(label: String) {
    let found = problems(document("<virtual-service label='\(label)' address='10.0.0.1' ports='80'/>"))
    #expect(found.count == 1)
    #expect(found[0].hasSuffix("is not allowed; allowed: 1 to 64 of letters, digits, '.', '_' and '-'"))
  }

  @Test(arguments: ["-1", "65536", "1.5", "+5", " 5", "0x10", "99999999999999999999", ""])
  func wrongWeights(weight: String) {
    let found = webProblems("", "<real-server label='A' address='10.0.0.2' weight='\(weight)'/>")
    #expect(
      found == [
        "2: real-server 'A' of virtual-service 'Web': weight=\"\(weight)\" is not allowed; allowed: 0 to 65535"
      ])
  }

  @Test(arguments: [
    "0", "0.05", "86401", "-1", "1e3", "abc", "", ".", "1.", "1,5", "1.0000000001", "99999999999999999999",
  ])
  func wrongSeconds(interval: String) {
    let found = problems(document("<global><health-check interval='\(interval)'/></global>"))
    #expect(
      found == ["2: health-check of global: interval=\"\(interval)\" is not allowed; allowed: 0.1 to 86400 seconds"])
  }

  @Test(arguments: [("0.5", 500), ("6", 6000), ("06", 6000), (".25", 250), ("1.250", 1250), ("86400", 86_400_000)])
  func secondsWithDecimals(text: String, milliseconds: Int) throws {
    let global = try values(document("<global><health-check interval='\(text)'/></global>")).global
    #expect(global.healthCheck.interval == .milliseconds(milliseconds))
  }

  @Test func kernelTimeoutsAreWhole() {
    #expect(
      problems(document("<global><timeouts tcp='0.5' udp='1.5' tcp-fin='2678401'/></global>")) == [
        "2: timeouts of global: tcp=\"0.5\" is not allowed; allowed: whole seconds, 1 to 2678400 seconds",
        "2: timeouts of global: tcp-fin=\"2678401\" is not allowed; allowed: whole seconds, 1 to 2678400 seconds",
        "2: timeouts of global: udp=\"1.5\" has a fraction, which the kernel cannot keep; "
          + "allowed: whole seconds, 1 to 2678400 seconds",
      ])
  }

  @Test(arguments: [("1", 1), ("0x10", 16), ("0XffffFFFF", UInt32.max), ("4294967295", UInt32.max)])
  func marks(text: String, mark: UInt32) throws {
    let element = "<virtual-service label='M' firewall-mark='\(text)' family='inet6'/>"
    #expect(try service(element).entry == .firewallMark(mark, family: .inet6))
  }

  @Test(arguments: ["0", "4294967296", "0x", "0x100000000", "-1", "0x+1", "ten"])
  func wrongMarks(text: String) {
    let found = problems(document("<virtual-service label='M' firewall-mark='\(text)'/>"))
    #expect(
      found == [
        "2: virtual-service 'M': firewall-mark=\"\(text)\" is not allowed; allowed: 1 to 4294967295, or 0x1 to 0xffffffff"
      ])
  }

  @Test(arguments: [
    ("10.0.0.1/24", "is an address in a subnet; write 10.0.0.0/24"), ("10.0.0.0", "is no subnet"),
    ("10.0.0.0/33", "is no subnet"), ("10.0.0.0/", "is no subnet"), ("10.0.0.0/+8", "is no subnet"),
  ])
  func wrongSubnets(source: String, reason: String) {
    #expect(
      problems(document("<outbound-masquerade source='\(source)' interface='eth0'/>")) == [
        "2: outbound-masquerade: source=\"\(source)\" \(reason); allowed: a subnet like 192.168.100.0/24"
      ])
  }

  @Test func everyAttributeOfAServiceArrives() throws {
    let web = try service(
      """
      <virtual-service label="Web" address="2001:db8::1" ports="80" protocol="udp" forwarding="tun" tunnel-type="gue"
        tunnel-port="6080" tunnel-checksum="yes" scheduler="mh" scheduler-flags="port, fallback" one-packet="yes"
        interface="bond0.100" on-failure="quiesce" withdraw-when-down="yes" enabled="no" suspect="yes">
        <fallback address="10.0.0.9"/>
        <real-server label="A" address="10.0.0.2" weight="0" minimum-connections="5" maximum-connections="9">
          <health-check type="off" interval="1" timeout="0.5" failures="3" successes="4" fast-interval="0.2" via="vip"/>
        </real-server>
      </virtual-service>
      """)
    #expect(web.tunnel == Tunnel(kind: .gue, port: 6080, checksum: true))
    #expect(web.scheduler == .mh)
    #expect(web.schedulerFlags == [.port, .fallback])
    #expect(web.onePacket && web.withdrawWhenDown && web.suspect && !web.enabled)
    #expect(web.interface == .named("bond0.100"))
    #expect(web.onFailure == .quiesce)
    #expect(web.transport == .udp)
    let address = try #require(IPAddress("10.0.0.2"))
    let timing = CheckTiming(
      interval: .seconds(1), timeout: .milliseconds(500), failures: 3, successes: 4, fastInterval: .milliseconds(200))
    #expect(
      web.realServers == [
        RealServer(
          label: "A", address: address, weight: 0, minimumConnections: 5, maximumConnections: 9,
          healthChecks: [HealthCheck(.off, timing: timing, via: .vip)])
      ])
  }

  @Test func everySettingOfGlobalArrives() throws {
    let global = try values(
      document(
        """
        <global watch="no" diagnose="yes" firewall-mark-base="0x1000"><health-check interval="1" timeout="2" failures="3"
          successes="4"/><draining persistent-clients="move"/><timeouts udp="7"/><notify command="/usr/bin/tell"/></global>
        """)
    ).global
    let timing = CheckTiming(interval: .seconds(1), timeout: .seconds(2), failures: 3, successes: 4)
    #expect(
      global
        == GlobalSettings(
          watch: false, diagnose: true, firewallMarkBase: 0x1000, healthCheck: timing, persistentClients: .move,
          timeouts: KernelTimeouts(udp: 7), notifyCommand: "/usr/bin/tell"))
  }

  @Test func checksInheritTheGlobalTiming() throws {
    let text = document(
      web("", "<health-check type='on' failures='9'/>") + "<global><health-check interval='1'/></global>")
    let timing = try #require(try values(text).virtualServices.first?.healthChecks.first?.timing)
    #expect(timing == CheckTiming(interval: .seconds(1), failures: 9))
  }

  @Test func portZeroKeepsTheClientsPort() throws {
    let nat = try service(
      web(
        "forwarding='nat'",
        "<fallback address='10.0.0.9' port='0'/><real-server label='A' address='10.0.0.2' port='0'/>"))
    #expect(nat.fallback?.port == nil)
    #expect(nat.realServers.first?.port == nil)
  }

  @Test func interfaceNoneAndDefault() throws {
    #expect(try service(web("interface='none'")).interface == VirtualService.InterfaceChoice.none)
    #expect(try service(web()).interface == .automatic)
  }

  @Test func snatAndMasqueradeArrive() throws {
    let source = try #require(IPAddress("10.0.0.100"))
    #expect(try service(web("forwarding='snat' snat-address='10.0.0.100'")).snatAddress == source)
    let text = document("<outbound-masquerade source='10.1.0.0/16' interface='eth1'/>")
    let network = try #require(IPAddress("10.1.0.0"))
    #expect(
      try values(text).outboundMasquerades
        == [OutboundMasquerade(source: Subnet(network, prefixLength: 16), interface: "eth1")])
  }
}
