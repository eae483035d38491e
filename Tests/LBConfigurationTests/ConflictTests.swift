import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ConflictTests {
  static let server = "<real-server label='A' address='10.0.0.2'/>"

  @Test(arguments: [
    ("forwarding='dr' tunnel-type='gre'", "tunnel-type=\"gre\" goes with forwarding=\"tun\" only"),
    ("tunnel-port='6080'", "tunnel-port=\"6080\" goes with forwarding=\"tun\" only"),
    ("forwarding='nat' tunnel-checksum='no'", "tunnel-checksum=\"no\" goes with forwarding=\"tun\" only"),
    ("forwarding='tun' tunnel-port='6080'", "tunnel-port=\"6080\" goes with tunnel-type=\"gue\" only"),
    (
      "forwarding='tun' tunnel-type='gue'",
      "tunnel-type=\"gue\" needs the attribute tunnel-port: the UDP port that the "
        + "servers listen on"
    ),
    (
      "forwarding='tun' tunnel-checksum='yes'",
      "tunnel-checksum=\"yes\" goes with tunnel-type gue and gre only: ipip has none"
    ),
    ("snat-address='10.0.0.9'", "snat-address=\"10.0.0.9\" goes with forwarding=\"snat\" only"),
    (
      "forwarding='snat' snat-address='::9'",
      "snat-address=\"::9\" is of another family than the service; "
        + "allowed: an IPv4 address"
    ),
    (
      "scheduler='rr' scheduler-flags='port'",
      "scheduler-flags=\"port\" does not go with scheduler=\"rr\"; allowed: sh and mh"
    ),
    ("scheduler-flags='port'", "scheduler-flags=\"port\" does not go with scheduler=\"wlc\"; allowed: sh and mh"),
    ("one-packet='yes'", "one-packet=\"yes\" goes with protocol=\"udp\" only"),
    ("one-packet='yes' protocol='tcp+udp'", "one-packet=\"yes\" goes with protocol=\"udp\" only"),
    (
      "one-packet='yes' protocol='udp' forwarding='nat'",
      "one-packet=\"yes\" does not go with forwarding=\"nat\", "
        + "whose replies would leave untranslated; allowed: dr and tun"
    ),
    (
      "interface='none' withdraw-when-down='yes'",
      "withdraw-when-down=\"yes\" does not go with interface=\"none\": "
        + "lbd does not manage the address"
    ),
    ("family='inet'", "family=\"inet\" goes with firewall-mark only; the address tells the family"),
  ])
  func attributesThatContradict(attributes: String, message: String) {
    #expect(webProblems(attributes) == [message])
  }

  @Test(arguments: [
    "one-packet='yes' protocol='udp'", "one-packet='yes' protocol='udp' forwarding='tun'", "one-packet='no'",
    "forwarding='tun' tunnel-type='gre' tunnel-checksum='yes'", "scheduler='sh' scheduler-flags='port'",
    "forwarding='tun' tunnel-checksum='no'", "on-failure='quiesce'", "interface='none'",
  ])
  func attributesThatGoTogether(attributes: String) {
    #expect(webProblems(attributes) == [])
  }

  @Test func oneMistakeIsReportedOnce() {
    #expect(webProblems("forwarding='tum' tunnel-type='gre' snat-address='10.0.0.9'").count == 1)
    #expect(webProblems("forwarding='dirr'", "<real-server label='A' address='::2' port='80'/>").count == 1)
    #expect(webProblems("scheduler='shh' scheduler-flags='port'").count == 1)
  }

  @Test func aMarkStandsInsteadOfAddressPortsAndProtocol() {
    let text =
      "<virtual-service label='M' firewall-mark='7' address='10.0.0.1' ports='80' protocol='tcp' interface='eth0' "
      + "withdraw-when-down='yes' one-packet='yes'/>"
    #expect(
      problems(document(text)) == [
        "2: virtual-service 'M': address=\"10.0.0.1\" does not go with firewall-mark: the rules that set the mark decide "
          + "it; remove one of them",
        "2: virtual-service 'M': ports=\"80\" does not go with firewall-mark: the rules that set the mark decide it; "
          + "remove one of them",
        "2: virtual-service 'M': protocol=\"tcp\" does not go with firewall-mark: the rules that set the mark decide it; "
          + "remove one of them",
        "2: virtual-service 'M': one-packet=\"yes\" goes with protocol=\"udp\" only",
        "2: virtual-service 'M': interface=\"eth0\" does not go with firewall-mark: there is no address to put anywhere",
        "2: virtual-service 'M': withdraw-when-down=\"yes\" does not go with firewall-mark: there is no address to withdraw",
      ])
  }

  @Test func portsOfServers() {
    let server = "<real-server label='A' address='10.0.0.2' port='8080'/>"
    let prefix = "2: real-server 'A' of virtual-service 'Web': port=\"8080\" "
    for forwarding in ["dr", "tun"] {
      #expect(
        webProblems("forwarding='\(forwarding)'", server) == [
          prefix + "does not go with forwarding=\"\(forwarding)\", which never translates ports; allowed: no port"
        ])
    }
    for forwarding in ["nat", "snat"] {
      #expect(webProblems("forwarding='\(forwarding)'", server) == [])
      #expect(
        webProblems("forwarding='\(forwarding)'", server, ports: "80,443") == [
          prefix + "is only possible in a service with one port; this one has ports=\"80,443\", and keeps the client's"
        ])
    }
    let marked = "<virtual-service label='Web' firewall-mark='1' forwarding='nat'>\(server)</virtual-service>"
    #expect(
      problems(document(marked)) == [
        prefix + "is only possible in a service with one port; this one has a firewall mark, and keeps the client's"
      ])
  }

  @Test func portOfTheFallbackFollowsItsOwnForwarding() {
    #expect(webProblems("", "<fallback address='10.0.0.9' forwarding='nat' port='81'/>") == [])
    #expect(
      webProblems("forwarding='nat'", "<fallback address='10.0.0.9' forwarding='dr' port='81'/>") == [
        "2: fallback of virtual-service 'Web': port=\"81\" does not go with forwarding=\"dr\", which never translates "
          + "ports; allowed: no port, or 0"
      ])
  }

  @Test func familiesMixInTunnelsOnly() {
    let server = "<real-server label='A' address='2001:db8::2'/>"
    #expect(webProblems("forwarding='tun'", server) == [])
    for forwarding in ["dr", "nat", "snat"] {
      #expect(
        webProblems("forwarding='\(forwarding)'", server) == [
          "2: real-server 'A' of virtual-service 'Web': address=\"2001:db8::2\" is of another family than the service; "
            + "with forwarding=\"\(forwarding)\" allowed: an IPv4 address"
        ])
    }
    #expect(webProblems("", "<fallback forwarding='tun' address='2001:db8::2'/>") == [])
    #expect(webProblems("forwarding='tun'", "<fallback forwarding='dr' address='2001:db8::2'/>").count == 1)
  }

  @Test func granularityFollowsTheFamily() throws {
    #expect(
      webProblems("", "<persistence granularity='64'/>") == [
        "2: persistence of virtual-service 'Web': granularity=\"64\" is longer than an IPv4 address; allowed: 1 to 32"
      ])
    #expect(webProblems("", "<persistence granularity='0'/>").count == 1)
    let six =
      "<virtual-service label='W' address='2001:db8::1' ports='80'><persistence granularity='64'/></virtual-service>"
    #expect(try service(six).persistence == Persistence(granularity: 64))
    let plain = "<virtual-service label='W' address='2001:db8::1' ports='80'><persistence/></virtual-service>"
    #expect(try service(plain).persistence == Persistence(timeout: .seconds(300), granularity: 128))
  }

  @Test func connectionLimits() {
    #expect(
      webProblems("", "<real-server label='A' address='10.0.0.2' minimum-connections='10' maximum-connections='5'/>")
        == [
          "2: real-server 'A' of virtual-service 'Web': minimum-connections=\"10\" is more than maximum-connections=\"5\"; "
            + "allowed: at most that"
        ])
    #expect(webProblems("", "<real-server label='A' address='10.0.0.2' minimum-connections='10'/>") == [])
    #expect(
      webProblems("", "<real-server label='A' address='10.0.0.2' minimum-connections='5' maximum-connections='5'/>")
        == [])
  }

  @Test func quiesceWithPersistenceNeedsClientsThatMove() {
    let text = web("on-failure='quiesce'", "<persistence/>")
    #expect(
      problems(document(text)) == [
        "2: virtual-service 'Web': on-failure=\"quiesce\" with persistence needs <draining persistent-clients=\"move\"/> "
          + "in global, or clients stay with the failed server"
      ])
    #expect(problems(document(text + "<global><draining persistent-clients='move'/></global>")) == [])
  }

  @Test func marksHaveRoomAboveTheirBase() {
    #expect(problems(document("<global firewall-mark-base='0xffff0000'/>")) == [])
    #expect(
      problems(document("<global firewall-mark-base='0xffff0001'/>")).map { $0.hasSuffix("or 0x1 to 0xffff0000") }
        == [true])
  }

  @Test func serversOfOneServiceAreApart() {
    #expect(
      webProblems(
        "forwarding='nat'", "<real-server label='A' address='10.0.0.2'/>\n<real-server label='A' address='10.0.0.3'/>")
        == [
          "3: real-server 'A' of virtual-service 'Web': label=\"A\" is taken by the real-server at lbd.xml:2; "
            + "labels are unique in a service"
        ])
    #expect(
      webProblems("", "<real-server label='A' address='10.0.0.300'/>\n\(Self.server)").map { $0.prefix(36) }
        == ["2: real-server 'A' of virtual-service", "3: real-server 'A' of virtual-service"].map { $0.prefix(36) },
      "the label too, though no server can be made of the first")
    #expect(
      webProblems("", "\(Self.server)\n<real-server label='B' address='10.0.0.2'/>") == [
        "3: real-server 'B' of virtual-service 'Web': address=\"10.0.0.2\" is that of real-server 'A' at lbd.xml:2; "
          + "a server stands once"
      ])
    #expect(
      webProblems("forwarding='nat'", "\(Self.server)\n<real-server label='B' address='10.0.0.2' port='80'/>").count
        == 1)
    #expect(
      webProblems("forwarding='nat'", "\(Self.server)\n<real-server label='B' address='10.0.0.2' port='81'/>") == [])
    #expect(
      webProblems("", "\(Self.server)<fallback address='10.0.0.2'/>") == [
        "2: fallback of virtual-service 'Web': address=\"10.0.0.2\" is that of real-server 'A' at lbd.xml:2, "
          + "and a server cannot stand in for itself"
      ])
  }
}
