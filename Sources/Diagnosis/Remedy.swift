import Interfaces
import LoadBalancing

/// What mends a mistake, with the exact commands.
enum Remedy {
  /// Sentence first, commands indented by four blanks below it.
  static func commands(_ sentence: String, _ lines: [String]) -> String {
    ([sentence] + lines.map { "    " + $0 }).joined(separator: "\n")
  }

  static func verification(_ lines: String...) -> String { commands("Verify it with:", lines) }

  // MARK: The virtual address on a server

  /// The server keeps the address, if it needs it, and says nothing about it.
  static func quietAddress(_ address: IPAddress, isNeeded: Bool) -> [String] {
    let off =
      "ip -o address show to \(address) | while read -r _ dev _ prefix _; do "
      + "[ \"$dev\" = lo ] || ip address delete \"$prefix\" dev \"$dev\"; done"
    guard isNeeded else {
      return [
        commands("On the server, Linux: it needs no such address; take it off its interfaces:", [off]),
        commands(
          "On the server, Windows (PowerShell):",
          ["Remove-NetIPAddress -IPAddress \(address) -Confirm:$false"]),
      ]
    }
    return [
      commands(
        "On the server, Linux: the address belongs on lo, and the server must be silent about it (the same settings "
          + "in /etc/sysctl.d/ and the network's configuration keep it):",
        quiet(address) + [onLoopback(address), off])
    ] + windows(address) + others(address)
  }

  /// The server gets the address, and says nothing about it.
  static func acceptAddress(_ address: IPAddress) -> [String] {
    [
      commands(
        "On the server, Linux (the same settings in /etc/sysctl.d/ and the network's configuration keep it):",
        quiet(address) + [onLoopback(address)])
    ] + windows(address) + others(address) + [
      "If the server has the address: a firewall on it drops what comes for the address, or, on Windows, Network Load "
        + "Balancing (NLB) is bound to the adapter.",
      commands(
        "Windows (PowerShell as administrator): the first line opens the firewall for the address, the second tells "
          + "whether NLB is bound:",
        [
          "New-NetFirewallRule -DisplayName \"VIP \(address)\" -Direction Inbound -LocalAddress \(address) -Action Allow",
          "Get-NetAdapterBinding -DisplayName '*Load Balancing*' | Format-Table Name,Enabled",
        ]),
    ]
  }

  private static func quiet(_ address: IPAddress) -> [String] {
    // IPv6 answers for an address on the interface that has it only.
    address.family == .inet ? ["sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2"] : []
  }

  private static func onLoopback(_ address: IPAddress) -> String {
    address.family == .inet
      ? "ip address replace \(address)/32 dev lo" : "ip address replace \(address)/128 dev lo nodad"
  }

  private static func windows(_ address: IPAddress) -> [String] {
    let family = address.family == .inet ? "ipv4" : "ipv6"
    let shown = address.family == .inet ? "IPv4" : "IPv6"
    var lines = [
      "pnputil /add-driver $env:windir\\inf\\netloop.inf /install",
      "Get-NetAdapter -InterfaceDescription 'Microsoft KM-TEST Loopback Adapter*' | Rename-NetAdapter -NewName loopback",
      "New-NetIPAddress -InterfaceAlias loopback -IPAddress \(address) "
        + "-PrefixLength \(address.family.addressBits) -SkipAsSource $true",
      "netsh interface \(family) set interface \"loopback\" weakhostreceive=enabled weakhostsend=enabled",
      "netsh interface \(family) set interface \"Ethernet\" weakhostreceive=enabled",
    ]
    if address.family == .inet6 { lines.append("netsh interface ipv6 set interface \"loopback\" dadtransmits=0") }
    return [
      commands(
        "On the server, Windows (PowerShell as administrator): the address belongs on a loopback adapter, which 'Add "
          + "legacy hardware' of the device manager (hdwwiz) installs where the first line does not, with the weak "
          + "host model there and on the network's adapter, here \"Ethernet\":", lines),
      commands(
        "On Windows, this verifies it:",
        [
          "Get-NetIPInterface -AddressFamily \(shown) | "
            + "Format-Table InterfaceAlias,WeakHostSend,WeakHostReceive,DadTransmits"
        ]),
    ]
  }

  private static func others(_ address: IPAddress) -> [String] {
    let isIPv4 = address.family == .inet
    let mac = isIPv4 ? "ifconfig lo0 alias \(address) 255.255.255.255" : "ifconfig lo0 inet6 alias \(address)/128"
    let bsd = isIPv4 ? "ifconfig lo0 alias \(address)/32" : "ifconfig lo0 inet6 \(address)/128 alias"
    return [
      commands("On the server, macOS:", [mac]), commands("On the server, FreeBSD and OpenBSD:", [bsd]),
      commands(
        "On the server, Solaris:",
        ["ipadm create-addr -T static -a \(address)/\(address.family.addressBits) lo0/vip"]),
    ]
  }

  static func listen(on address: IPAddress, port: UInt16, server: IPAddress) -> [String] {
    let family = address.family == .inet ? "ip" : "ip6"
    let target = address.family == .inet ? "\(server):\(port)" : "[\(server)]:\(port)"
    return [
      "Let the application listen on all addresses (0.0.0.0 or ::), or on \(address) too; a firewall that rejects what "
        + "comes for the address looks the same.",
      commands(
        "Or, on the server, Linux: hand what comes for the address to the server's own:",
        [
          "nft add table \(family) vip",
          "nft add chain \(family) vip prerouting '{ type nat hook prerouting priority dstnat; }'",
          "nft add rule \(family) vip prerouting \(family) daddr \(address) tcp dport \(port) dnat to \(target)",
        ]),
      verification("ss -ltn 'sport = :\(port)'"),
    ]
  }

  static func duplicateAddress(_ address: IPAddress, at hardware: String) -> [String] {
    [
      "Find the machine with the MAC address \(hardware), in the switch's table or by its vendor, and take \(address) "
        + "off it; or give the virtual service another address."
    ]
  }

  // MARK: Routes

  static func gateway(_ gateway: IPAddress, service: String) -> [String] {
    let zero = gateway.family == .inet ? "0.0.0.0/0" : "::/0"
    return [
      commands(
        "On the server, Linux (and in the network's configuration, to keep it):",
        [
          gateway.family == .inet
            ? "ip route replace default via \(gateway)" : "ip -6 route replace default via \(gateway)"
        ]),
      commands(
        "On the server, Windows (PowerShell as administrator):",
        [
          "Remove-NetRoute -DestinationPrefix \(zero) -Confirm:$false",
          "New-NetRoute -DestinationPrefix \(zero) -InterfaceAlias \"Ethernet\" -NextHop \(gateway)",
        ]),
      snat(service),
    ]
  }

  static func sameSubnet(client: IPAddress, gateway: IPAddress, service: String) -> [String] {
    [
      commands(
        "On the server, Linux, for each such client (a server that sends what is for its own subnet to the load "
          + "balancer answers through it):",
        ["ip route replace \(client) via \(gateway)"]),
      commands(
        "On the server, Windows (PowerShell as administrator), for each such client:",
        [
          "New-NetRoute -DestinationPrefix \(client)/\(client.family.addressBits) -InterfaceAlias \"Ethernet\" "
            + "-NextHop \(gateway)"
        ]),
      snat(service),
    ]
  }

  private static func snat(_ service: String) -> String {
    commands(
      "Or let the servers see the load balancer's address, which needs nothing of them:",
      ["lbctl service edit \(service) --forwarding snat"])
  }

  static func route(to address: IPAddress) -> [String] {
    [
      commands(
        "On the load balancer, with the router that leads there:",
        ["ip route add \(address)/\(address.family.addressBits) via ROUTER"])
    ]
  }

  static func notConnected(_ service: String) -> [String] {
    [
      "Give the load balancer an interface in the server's subnet, or reach the server another way: forwarding=\"tun\", "
        + "\"nat\" or \"snat\".",
      commands(
        "The server's own network needs no change with:", ["lbctl service edit \(service) --forwarding snat"]),
    ]
  }

  static func halfOpen(_ service: String) -> [String] {
    [
      "Look where the answers go: on the server 'tcpdump -ni any port PORT' shows whether SYNs come in and SYN-ACKs go "
        + "out; a firewall on their way, or a route back to the clients that is missing, loses them.",
      commands("The connections:", ["lbctl connections \(service) --state SYN_RECV"]),
    ]
  }

  // MARK: Tunnels

  static func tunnel(_ tunnel: Tunnel, address: IPAddress, server: IPAddress) -> [String] {
    let isIPv4 = server.family == .inet
    let device: String
    var lines: [String]
    switch tunnel.kind {
    case .ipip:
      device = isIPv4 ? "tunl0" : "ip6tnl0"
      lines = ["modprobe \(isIPv4 ? "ipip" : "ip6_tunnel")"]
    case .gue:
      device = isIPv4 ? "tunl0" : "ip6tnl0"
      lines = [
        "modprobe --all \(isIPv4 ? "ipip fou" : "ip6_tunnel fou6")",
        "ip fou add port \(tunnel.port ?? 6080) gue\(isIPv4 ? "" : " -6") 2>/dev/null || true",
      ]
    case .gre:
      device = "lbgre"
      lines = [
        "ip link add \(device) type \(isIPv4 ? "gre" : "ip6gre") local \(server)\(tunnel.checksum ? " icsum" : "") "
          + "2>/dev/null || true"
      ]
    }
    lines += [
      "ip link set \(device) up",
      "ip address replace \(address)/\(address.family.addressBits) dev \(device)"
        + (address.family == .inet6 ? " nodad" : ""),
    ]
    if address.family == .inet {
      lines +=
        quiet(address) + [
          "sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.\(device).rp_filter=0"
        ]
    }
    return [
      commands("On the server, Linux (and in the network's configuration, to keep it):", lines),
      "A firewall on the way or on the server must let the tunnel pass: \(words(tunnel)).",
    ]
  }

  /// The load balancer learns how large packets may be and tells clients; servers say it where nobody listens to that.
  static func pathMTU(_ bytes: Int, _ tunnel: Tunnel, to server: ServerEvidence, address: IPAddress) -> [String] {
    let way: String
    switch server.way {
    case .connected(let interface): way = "dev \(interface)"
    case .routed(let interface, let gateway): way = "via \(gateway) dev \(interface)"
    case .local, .none: return []
    }
    let ip = server.address.family == .inet ? "ip" : "ip -6"
    let table = address.family == .inet ? "ip" : "ip6"
    let wrapping = TunnelWrapping(tunnel, from: server.address, to: server.address)
    // The headers of IP and TCP inside.
    let segment = bytes - wrapping.overheadBytes - (address.family == .inet ? 40 : 60)
    return [
      commands(
        "On the load balancer, Linux (and in the network's configuration, to keep it); it tells clients then, by ICMP, "
          + "which sizes fit:",
        ["\(ip) route replace \(server.address)/\(server.address.family.addressBits) \(way) mtu \(bytes)"]),
      commands(
        "On the server, Linux, for clients that ICMP does not reach: announce segments that fit:",
        [
          "nft add table \(table) vip",
          "nft add chain \(table) vip output '{ type filter hook output priority mangle; }'",
          "nft add rule \(table) vip output \(table) saddr \(address) tcp flags syn tcp option maxseg size set \(segment)",
        ]),
    ]
  }

  private static func words(_ tunnel: Tunnel) -> String {
    switch tunnel.kind {
    case .ipip: "IP protocol 4 (IPv4 inside) or 41 (IPv6 inside)"
    case .gre: "IP protocol 47"
    case .gue: "UDP port \(tunnel.port ?? 6080)"
    }
  }
}
