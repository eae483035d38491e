import Glibc
import Interfaces
import LinuxSystem
import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import Diagnosis
@testable import Director

/// The examiner on a wire between two namespaces of this machine; IPVS is not needed for it.
@Suite(.enabled(if: NetworkNamespace.isAvailable), .serialized, .timeLimit(.minutes(2))) struct ExaminerTests {
  private func codes(_ family: Family, _ forwarding: Forwarding, on wire: Wire) async throws -> [String] {
    try await examine(family, forwarding, on: wire).map(\.code.rawValue)
  }

  private func examine(_ family: Family, _ forwarding: Forwarding, on wire: Wire) async throws -> [Finding] {
    let vip = try #require(IPAddress(family.vip))
    let service = VirtualService(
      label: "Web", entry: .address(vip, ports: PortSet(80), protocol: .tcp), forwarding: forwarding,
      tunnel: forwarding == .tun ? Tunnel() : nil,
      realServers: [RealServer(label: "rip1", address: try #require(IPAddress(family.rip(1))))])
    return try await wire.examiner.examine(expectations([service])).findings
  }

  private func expectations(_ services: [VirtualService]) -> Expectations {
    Expectations(
      services: services.map { service in
        .init(
          state: ServiceState(
            service: service,
            servers: service.realServers.map { ServerState(server: $0, operatorState: .online, health: .up) }),
          place: service.address.map { InterfaceAddress(virtual: $0, interface: "eth0") }, unplaced: nil,
          isInKernel: true)
      }, floatingIPs: [], unplacedFloatingIPs: [], sysctls: [:], refusals: [],
      labels: ConnectionLabels(LoadBalancer(virtualServices: services), marks: MarkAssignment()))
  }

  @Test func `one service by itself, and another's server that answers for its address`() async throws {
    let family = Family.inet
    func service(_ label: String, _ address: String, server: Int) throws -> VirtualService {
      VirtualService(
        label: label, entry: .address(try #require(IPAddress(address)), ports: PortSet(80), protocol: .tcp),
        forwarding: .dr,
        realServers: [RealServer(label: "rip\(server)", address: try #require(IPAddress(family.rip(server))))])
    }
    let expected = expectations([
      try service("Web", family.vip, server: 1), try service("Mail", family.near + "16", server: 2),
    ])
    try await Wire.with(family) { wire in
      func found(only label: String?) async throws -> [String] {
        try await wire.examiner.examine(expected, only: label).findings.map {
          "\($0.code.rawValue) \($0.service ?? "")/\($0.server ?? "")"
        }
      }
      try await wire.onLoadBalancer("ip addr add \(family.near)16/32 dev eth0")
      try await wire.onServer("ip addr add \(family.near)16/32 dev eth0")
      #expect(try await found(only: "Web") == ["vip-not-accepted Web/rip1"])
      #expect(try await found(only: "Mail") == ["arp-problem Web/rip1"])
      #expect(try await found(only: nil) == ["vip-not-accepted Web/rip1", "arp-problem Web/rip1"])
    }
  }

  private func mend(_ finding: Finding?, on wire: Wire) async throws {
    try await wire.onServer(try commands(finding))
  }

  private func commands(_ finding: Finding?) throws -> String {
    let remedy = try #require(finding?.remedies.first)
    return remedy.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }.joined(separator: "\n")
  }

  @Test(arguments: Family.all)
  func directRouting(family: Family) async throws {
    try await Wire.with(family) { wire in
      try await wire.onServer(
        "sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2\n"
          + "ip addr add \(family.single) dev lo \(family.nodad)")
      #expect(try await codes(family, .dr, on: wire) == [])
      try await wire.onServer("ip addr del \(family.single) dev lo")
      let missing = try await examine(family, .dr, on: wire)
      #expect(missing.map(\.code) == [.vipNotAccepted] && missing.first?.server == "rip1")
      try await mend(missing.first, on: wire)
      #expect(try await codes(family, .dr, on: wire) == [])
      try await wire.onServer(
        "ip addr del \(family.single) dev lo; ip addr add \(family.single) dev eth0 \(family.nodad)")
      let loud = try await examine(family, .dr, on: wire)
      #expect(loud.map(\.code) == [.arpProblem])
      try await mend(loud.first, on: wire)
      #expect(try await codes(family, .dr, on: wire) == [])
    }
  }

  @Test(arguments: Family.all)
  func ownFirewall(family: Family) async throws {
    try await Wire.with(family) { wire in
      try await wire.onServer(
        "sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2\n"
          + "ip addr add \(family.single) dev lo \(family.nodad)")
      try await wire.onLoadBalancer(
        """
        nft -f - <<END
        table inet filter {
          chain input {
            type filter hook input priority 0; policy drop;
            ct state established,related accept
            iifname lo accept
            meta l4proto { icmp, ipv6-icmp } accept
            tcp dport 22 accept
          }
        }
        END
        """)
      let found = try await examine(family, .dr, on: wire)
      #expect(found.map(\.code) == [.ownFirewall] && found.first?.server == nil)
      try await wire.onLoadBalancer(try commands(found.first))
      #expect(try await codes(family, .dr, on: wire) == [])
      // What goes out is another matter.
      try await wire.onLoadBalancer(
        "nft 'add chain inet filter output { type filter hook output priority 0; }; "
          + "add rule inet filter output tcp dport 80 counter reject'")
      let outward = try await examine(family, .dr, on: wire)
      #expect(outward.map(\.code) == [.ownFirewall] && outward.first?.server == "rip1")
      try await wire.onLoadBalancer(try commands(outward.first))
      #expect(try await codes(family, .dr, on: wire) == [])
    }
  }

  @Test(arguments: Family.all)
  func translation(family: Family) async throws {
    try await Wire.with(family) { wire in
      let ip = family.isIPv4 ? "ip" : "ip -6"
      try await wire.onServer("\(ip) route add default via \(family.near)1")
      #expect(try await codes(family, .nat, on: wire) == [])
      try await wire.onServer("\(ip) route replace default via \(family.near)254")
      let wrong = try await examine(family, .nat, on: wire)
      #expect(wrong.map(\.code) == [.wrongGateway])
      try await mend(wrong.first, on: wire)
      #expect(try await codes(family, .nat, on: wire) == [])
    }
  }
}

/// A load balancer's namespace, in which the examiner's thread lives, and a server's, joined by a cable.
actor Wire {
  private let executor: ThreadExecutor
  private let server = "lbdx\(UInt32.random(in: 0 ... .max))"
  let examiner: Examiner

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private init() throws {
    executor = try ThreadExecutor(name: "wire")
    examiner = Examiner(
      executor: executor, openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) },
      openNetfilter: { () throws(NetlinkError) in try LibNLTransport(.netfilter) })
  }

  static func with(_ family: Family, _ body: (Wire) async throws -> Void) async throws {
    let wire = try Wire()
    do {
      try await wire.setUp(family)
      try await body(wire)
    } catch {
      await wire.tearDown()
      throw error
    }
    await wire.tearDown()
  }

  func onServer(_ lines: String) throws { try run("ip netns exec \(server) sh -ec '\(quoted(lines))'") }

  func onLoadBalancer(_ lines: String) throws { try run(lines) }

  private func quoted(_ text: String) -> String { text.replacing("'", with: "'\\''") }

  private func setUp(_ family: Family) throws {
    try NetworkNamespace.enter()
    var path = [UInt8](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &path, path.count)
    let own = String(decoding: path.prefix(max(0, count)), as: UTF8.self)
    let binaries = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
    try run(
      """
      ip netns add \(server)
      ip link add eth0 type veth peer name eth0 netns \(server)
      ip addr add \(family.near)1/\(family.length) dev eth0 \(family.nodad)
      ip link set lo up; ip link set eth0 up
      ip addr add \(family.single) dev eth0 \(family.nodad)
      ip -n \(server) link set lo up
      ip -n \(server) addr add \(family.rip(1))/\(family.length) dev eth0 \(family.nodad)
      ip -n \(server) link set eth0 up
      # Other tests' sockets must not live on in the server.
      ip netns exec \(server) bash -c '
        for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done
        exec \(binaries)/LabPeer serve --name rip1 --bind \(family.any) --ports 80' >/dev/null 2>&1 </dev/null &
      for try in $(seq 200); do
        ip netns exec \(server) ss -ltnH 'sport = :80' | grep -q . && exit 0
        sleep 0.05
      done
      exit 1
      """)
  }

  private func tearDown() {
    _ = try? run("ip netns pids \(server) | xargs -r kill; ip netns delete \(server)")
  }

  private func run(_ script: String) throws {
    guard try shell(script) == 0 else { throw SystemError("run \(script)", errno: EIO) }
  }
}
