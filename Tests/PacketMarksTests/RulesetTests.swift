import Foundation
import Glibc
import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import PacketMarks

/// Rules as nft(8) and iptables(8) make them in this machine's kernel, and what becomes of one packet each.
@Suite(.enabled(if: NetworkNamespace.isAvailable && hasNFTables), .timeLimit(.minutes(2)))
struct RulesetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    /// `policy`, or the chain of the rule that drops; nil: it passes, or may.
    let drop: String?
    var isIPTables = false

    init(_ name: String, _ rules: String, policy: String = "accept", _ drop: String?) {
      testDescription = name
      script = """
        nft -f - <<END
        table inet filter {
          set wide { type ipv4_addr . inet_service; flags interval; elements = { 192.168.1.0/24 . 80-90 }; }
          set few { type inet_service; elements = { 22, 443 }; }
          set clients { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }; }
          chain other { }
          chain input {
            type filter hook input priority 0; policy \(policy);
            \(rules)
          }
        }
        END
        """
      self.drop = drop
    }

    init(iptables name: String, _ rules: [String], _ drop: String?) {
      testDescription = "iptables: " + name
      script = rules.map { "iptables-nft " + $0 }.joined(separator: "\n")
      self.drop = drop
      isIPTables = true
    }

    init(script name: String, _ text: String, _ drop: String?) {
      testDescription = name
      script = text
      self.drop = drop
    }
  }

  private static let cases: [Case] = [
    Case("nothing", "", nil),
    Case("a policy", "", policy: "drop", "policy"),
    Case("a policy and another port", "tcp dport 22 accept", policy: "drop", "policy"),
    Case("a policy and the port", "tcp dport { 22, 80 } accept", policy: "drop", nil),
    Case("a policy and a range", "tcp dport 1-1023 accept", policy: "drop", nil),
    Case("a policy and a range beside it", "tcp dport 81-1023 accept", policy: "drop", "policy"),
    Case("a stateful firewall", "ct state established,related accept; iifname \"lo\" accept", policy: "drop", "policy"),
    Case(
      "a stateful firewall as a map", "ct state vmap { established : accept, related : accept, invalid : drop }",
      policy: "drop", "policy"),
    Case("new connections", "ct state new accept", policy: "drop", nil),
    Case("an interface", "iifname \"eth0\" accept", policy: "drop", nil),
    Case("interfaces of a kind", "iifname \"eth*\" accept", policy: "drop", nil),
    Case("another interface", "iifname { \"eth1\", \"lo\" } accept", policy: "drop", "policy"),
    Case("some clients", "ip saddr 10.0.0.0/8 accept", policy: "drop", nil),
    Case("some clients of a set", "ip saddr @clients accept", policy: "drop", nil),
    Case("some clients are refused", "ip saddr 10.0.0.0/8 drop", nil),
    Case("the address", "ip daddr 192.168.1.15 accept", policy: "drop", nil),
    Case("the network", "ip daddr 192.168.1.0/28 accept", policy: "drop", nil),
    Case("another network", "ip daddr 192.168.1.16/28 accept", policy: "drop", "policy"),
    Case("the other family", "ip6 daddr ::1 accept; meta nfproto ipv6 accept", policy: "drop", "policy"),
    Case("a set of addresses and ports", "ip daddr . tcp dport @wide accept", policy: "drop", nil),
    Case("a set of other ports", "tcp dport @few accept", policy: "drop", "policy"),
    Case("not another port", "tcp dport != 22 accept", policy: "drop", nil),
    Case("anybody but a set", "tcp dport != @few accept", policy: "drop", nil),
    Case("a rule", "tcp dport 80 counter drop", "input"),
    Case("a rule that rejects", "tcp dport 80 reject with tcp reset", "input"),
    Case("a rule for another port", "tcp dport 81 drop", nil),
    Case("a rule for SYNs", "tcp flags & (syn|ack) == syn drop", "input"),
    Case("a rule behind one that accepts", "tcp dport 80 accept; tcp dport 80 drop", nil),
    Case("a rule behind one that may accept", "ip saddr 10.1.1.1 accept; tcp dport 80 drop", nil),
    Case("a limit", "limit rate over 10/second drop", nil),
    Case("a limit that accepts", "limit rate 10/second accept", policy: "drop", nil),
    Case("a jump", "jump other; drop", "input"),
    Case("a map of ports", "tcp dport vmap { 80 : drop, 81 : accept }", "input"),
    Case("a mark", "meta mark 7 accept", policy: "drop", nil),
    Case("to here only", "fib daddr type local accept", policy: "drop", nil),
    Case(
      script: "chains behind a jump, and two base chains",
      """
      nft -f - <<END
      table ip mangle {
        chain PREROUTING { type filter hook prerouting priority -150; policy accept; }
      }
      table ip filter {
        chain web {
          tcp dport 80 drop
        }
        chain INPUT {
          type filter hook input priority 0; policy accept;
          ip daddr 192.168.1.15 jump web
        }
      }
      END
      """, "web"),
    Case(
      script: "what is not tracked",
      """
      nft -f - <<END
      table inet filter {
        chain raw {
          type filter hook prerouting priority raw
          tcp dport 80 notrack
        }
        chain input {
          type filter hook input priority 0; policy drop;
          ct state established,related,untracked accept
        }
      }
      END
      """, nil),
    Case(
      script: "behind IPVS nothing of it is seen",
      "nft 'add table ip late; add chain ip late in { type filter hook input priority 200; policy drop; }'", nil),
    Case(
      script: "a dormant table",
      "nft 'add table ip off { flags dormant; }; add chain ip off in { type filter hook input priority 0; policy drop; }'",
      nil),
    Case(
      script: "an ingress chain",
      """
      ip link add eth0 type veth peer name other
      nft 'add table netdev edge; add chain netdev edge in { type filter hook ingress device eth0 priority 0; }; \
      add rule netdev edge in tcp dport 80 drop'
      """, "in"),
    Case(iptables: "a policy", ["-P INPUT DROP"], "policy"),
    Case(
      iptables: "a stateful firewall",
      [
        "-A INPUT -i lo -j ACCEPT", "-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
        "-A INPUT -p tcp --dport 22 -m comment --comment ssh -j ACCEPT", "-P INPUT DROP",
      ], "policy"),
    Case(
      iptables: "the service admitted",
      ["-A INPUT -p tcp -d 192.168.1.15 --dport 80 -m state --state NEW -j ACCEPT", "-P INPUT DROP"], nil),
    Case(
      iptables: "several ports", ["-A INPUT -p tcp -m multiport --dports 22,70:90,443 -j ACCEPT", "-P INPUT DROP"], nil),
    Case(
      iptables: "several others", ["-A INPUT -p tcp -m multiport --dports 22,443 -j ACCEPT", "-P INPUT DROP"], "policy"),
    Case(iptables: "a rule", ["-A INPUT -p tcp --dport 80 -j REJECT"], "INPUT"),
    Case(iptables: "a rule that logs", ["-A INPUT -p tcp --dport 80 -j LOG"], nil),
    Case(
      iptables: "an interface", ["-A INPUT -i eth+ -d 192.168.1.0/24 -j ACCEPT", "-P INPUT DROP"], nil),
    Case(
      iptables: "other interfaces and networks",
      [
        "-A INPUT -i eth1 -j ACCEPT", "-A INPUT ! -d 192.168.0.0/16 -j ACCEPT", "-A INPUT ! -i eth0 -j ACCEPT",
        "-A INPUT -p udp -j ACCEPT", "-A INPUT ! -p tcp -j ACCEPT", "-P INPUT DROP",
      ], "policy"),
    Case(iptables: "some clients", ["-A INPUT -s 10.0.0.0/8 -j ACCEPT", "-P INPUT DROP"], nil),
    Case(
      iptables: "chains",
      [
        "-N web", "-N other", "-A other -j RETURN", "-A web -j other", "-A web -p tcp --dport 80 -j DROP",
        "-A INPUT -g web", "-A INPUT -j ACCEPT",
      ], "web"),
    Case(
      iptables: "a chain that returns", ["-N web", "-A web -j RETURN", "-A web -j DROP", "-A INPUT -j web"], nil),
    Case(iptables: "before routing", ["-t mangle -A PREROUTING -p tcp --dport 80 -j DROP"], "PREROUTING"),
    Case(
      iptables: "what is not tracked",
      [
        "-t raw -A PREROUTING -p tcp --dport 80 -j CT --notrack", "-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT",
        "-P INPUT DROP",
      ], nil),
  ]

  @Test(arguments: cases)
  func whatBecomesOfASYN(one: Case) async throws {
    #expect(try await Self.places(one.script) == [one.drop].compactMap(\.self))
  }

  @Test(.enabled(if: hasLegacyTables), arguments: cases.filter(\.isIPTables))
  func whatBecomesOfASYNInLegacyTables(one: Case) async throws {
    let script = one.script.replacing("iptables-nft", with: "iptables-legacy -w 60")
    #expect(try await Self.places(script) == [one.drop].compactMap(\.self))
  }

  /// Where a SYN is dropped after a script.
  private static func places(_ script: String) async throws -> [String] {
    let found = try await NetworkNamespace.run {
      guard try shell(script) == 0 else { throw POSIXError(.EIO) }
      var ruleset = try RulesetTable(try LibNLTransport(.netfilter)).read()
      try LegacyTables.add(to: &ruleset)
      let packet = TracedPacket(
        .inet, protocolNumber: 6, from: .init(), to: .init(IPAddress("192.168.1.15"), port: 80), tcpFlags: 2,
        input: .init(name: "eth0", index: 7), tracking: .new, isForHere: true)
      return ruleset.drops(of: packet, at: [.ingress, .prerouting, .input], priorityMax: 98)
    }
    return found.map { drop in
      switch drop.place {
      case .policy: "policy"
      case .rule(let chain, _, _): chain
      }
    }
  }

  @Test(.enabled(if: hasLegacyTables)) func `IPv6 in legacy tables, and nothing where nobody uses them`() async throws {
    let (before, drops) = try await NetworkNamespace.run {
      var ruleset = Ruleset()
      try LegacyTables.add(to: &ruleset)
      let before = ruleset.chains.count
      let script = """
        ip6tables-legacy -w 60 -A INPUT -d 2001:db8::/32 -p udp --dport 53 -j ACCEPT
        ip6tables-legacy -w 60 -A INPUT -s 2001:db8::1 -j DROP
        ip6tables-legacy -w 60 -P INPUT DROP
        """
      guard try shell(script) == 0 else { throw POSIXError(.EIO) }
      try LegacyTables.add(to: &ruleset)
      func drops(_ address: String) -> [PacketDrop] {
        let packet = TracedPacket(
          .inet6, protocolNumber: 17, from: .init(), to: .init(IPAddress(address), port: 53), tracking: .new)
        return ruleset.drops(of: packet, at: [.prerouting, .input])
      }
      return (before, [drops("2001:db8::7"), drops("2001:db9::7")])
    }
    let table = Ruleset.Table(family: 10, name: "filter", isLegacy: true)
    #expect(before == 0 && drops == [[], [PacketDrop(hook: .input, table: table, chain: "INPUT", place: .policy)]])
  }

  @Test func `what is not tracked, and IPv6`() async throws {
    let script = """
      nft -f - <<END
      table inet filter {
        chain output {
          type filter hook output priority 0; policy drop;
          ct state established,related accept
          ip6 daddr 2001:db8::/32 udp dport 53 accept
        }
      }
      END
      """
    let drops = try await NetworkNamespace.run {
      guard try shell(script) == 0 else { throw POSIXError(.EIO) }
      let ruleset = try RulesetTable(try LibNLTransport(.netfilter)).read()
      func drops(_ port: UInt16, _ tracking: TracedPacket.TrackingStates) -> Int {
        let packet = TracedPacket(
          .inet6, protocolNumber: 17, from: .init(), to: .init(IPAddress("2001:db8::7"), port: port),
          output: .init(name: "eth0", index: 7), tracking: tracking)
        return ruleset.drops(of: packet, at: [.output, .postrouting]).count
      }
      return [drops(53, .untracked), drops(54, .untracked), drops(54, [.new, .untracked]), drops(54, .established)]
    }
    #expect(drops == [0, 1, 1, 0])
  }

  @Test func `lbd's own table is no firewall`() async throws {
    let isEmpty = try await NetworkNamespace.run {
      let selector = PacketMarkSelector(
        address: IPAddress(family: .inet, value: 0x0A00_0001), protocolNumber: 6, ports: 1...9)
      try PacketMarkTable(try LibNLTransport(.netfilter)).apply([.setMark(selector, 1, replacing: nil)], to: nil)
      return try RulesetTable(try LibNLTransport(.netfilter)).read().chains.isEmpty
    }
    #expect(isEmpty)
  }
}

/// What iptables' matches hold, as the kernel's structs lie in memory.
struct IptablesMatchTests {
  private let packet = TracedPacket(
    .inet, protocolNumber: 6, from: .init(), to: .init(nil, port: 80), tcpFlags: 2, tracking: .new)

  private func conntrack(_ states: UInt16, inverted: Bool = false, flags: UInt16 = 1) -> [UInt8] {
    var info = [UInt8](repeating: 0, count: 164)
    info[146] = UInt8(flags & 0xFF)
    info[147] = UInt8(flags >> 8)
    info[148] = inverted ? 1 : 0
    info[150] = UInt8(states & 0xFF)
    info[151] = UInt8(states >> 8)
    return info
  }

  @Test func states() {
    #expect(packet.fits("conntrack", revision: 3, conntrack(8)) == true)
    #expect(packet.fits("conntrack", revision: 3, conntrack(6)) == false)
    #expect(packet.fits("conntrack", revision: 3, conntrack(6, inverted: true)) == true)
    // Of something else too, or of translated connections: nobody knows.
    #expect(packet.fits("conntrack", revision: 3, conntrack(8, flags: 5)) == nil)
    #expect(packet.fits("conntrack", revision: 3, conntrack(0x40)) == nil)
    #expect(packet.fits("conntrack", revision: 3, []) == nil)
    #expect(packet.fits("state", revision: 0, [8, 0, 0, 0]) == true)
    #expect(packet.fits("string", revision: 1, [1]) == nil)
  }

  @Test func ports() {
    func tcp(_ from: UInt16, _ to: UInt16, inverted: UInt8 = 0) -> [UInt8] {
      [0, 0, 0xFF, 0xFF, UInt8(from & 0xFF), UInt8(from >> 8), UInt8(to & 0xFF), UInt8(to >> 8), 0, 0, 0, inverted]
    }
    #expect(packet.fits("tcp", revision: 0, tcp(80, 80)) == true)
    #expect(packet.fits("tcp", revision: 0, tcp(1000, 2000)) == false)
    #expect(packet.fits("tcp", revision: 0, tcp(80, 80, inverted: 2)) == false)
    #expect(packet.fits("udp", revision: 0, tcp(80, 80)) == false)
    var multiport = [UInt8](repeating: 0, count: 48)
    multiport[0] = 1
    multiport[1] = 2
    (multiport[2], multiport[4], multiport[32]) = (70, 90, 1)
    #expect(packet.fits("multiport", revision: 1, multiport) == true)
    multiport[32] = 0
    #expect(packet.fits("multiport", revision: 1, multiport) == false)
  }
}

struct PartialBytesTests {
  @Test func `what a mask takes away is known`() {
    let address = PartialBytes([192, 168]) + .unknown(2)
    #expect(address.equals([192, 168, 1, 1]) == nil && address.equals([10, 168, 1, 1]) == false)
    let network = address.masked(by: [255, 255, 0, 0], xor: [0, 0, 0, 0])
    #expect(network.equals([192, 168, 0, 0]) == true)
  }
}

private let hasNFTables =
  (try? LibNLTransport(.netfilter)).map { (try? PacketMarkTable($0).generation()) != nil } ?? false

private let hasLegacyTables = FileManager.default.fileExists(atPath: "/proc/net/ip_tables_names")
