/// Something that others do to the kernel behind lbd's back, while a cluster and an archive are served.
struct Damage {
  let name: String
  private let script: String
  var takesForeignServices = false

  func happen(to host: Host) async throws { try await host.run("sh", "-ec", script) }

  /// The same where some of it may have happened already.
  func mayHappen(to host: Host) async throws { try await host.run("sh", "-c", script + "; true") }

  /// What a firewall's script loads.
  private static let firewall = """
    printf '%s\\n' '*filter' ':INPUT ACCEPT [0:0]' ':FORWARD ACCEPT [0:0]' ':OUTPUT ACCEPT [0:0]' COMMIT | iptables-restore
    nft delete table ip filter
    """

  static let all = [
    Damage(name: "ipvsadm -C", script: "ipvsadm -C", takesForeignServices: true),
    Damage(name: "another weight", script: "ipvsadm -e -t 192.168.1.100:80 -r 192.168.1.110 -g -w 7"),
    Damage(name: "a server more", script: "ipvsadm -a -t 192.168.1.100:80 -r 192.168.1.77 -g"),
    Damage(name: "a server less", script: "ipvsadm -d -t 192.168.1.100:80 -r 192.168.1.112"),
    Damage(name: "another scheduler", script: "ipvsadm -E -t 192.168.1.100:80 -s wlc"),
    Damage(name: "a service less", script: "ipvsadm -D -t 192.168.1.100:80"),
    Damage(name: "nft delete table inet lbd", script: "nft delete table inet lbd"),
    Damage(name: "a firewall's script", script: "nft flush ruleset\n" + firewall),
    Damage(name: "an element less", script: "nft delete element inet lbd marks4 '{ 192.168.1.101 . tcp . 104 }'"),
    Damage(name: "a range less", script: "nft delete element inet lbd ranges4 '{ 192.168.1.101 . tcp . 2000-2010 }'"),
    Damage(name: "an address less", script: "ip address delete 192.168.1.100/32 dev eth0"),
    Damage(name: "every address less", script: "ip address delete 192.168.1.101/32 dev eth0"),
    Damage(name: "a sysctl", script: "sysctl -qw net.ipv4.vs.expire_nodest_conn=0"),
  ]
}
