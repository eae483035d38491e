import ArgumentParser

/// The attributes of a virtual service, without its label.
struct ServiceOptions: AttributeOptions {
  @Option(help: .attribute("address", of: "virtual-service")) var address: String?
  @Option(help: .attribute("ports", of: "virtual-service")) var ports: String?
  @Option(help: .attribute("protocol", of: "virtual-service")) var `protocol`: String?
  @Option(help: .attribute("forwarding", of: "virtual-service")) var forwarding: String?
  @Option(help: .attribute("tunnel-type", of: "virtual-service")) var tunnelType: String?
  @Option(help: .attribute("tunnel-port", of: "virtual-service")) var tunnelPort: String?
  @Option(help: .attribute("tunnel-checksum", of: "virtual-service")) var tunnelChecksum: String?
  @Option(help: .attribute("snat-address", of: "virtual-service")) var snatAddress: String?
  @Option(help: .attribute("scheduler", of: "virtual-service")) var scheduler: String?
  @Option(help: .attribute("scheduler-flags", of: "virtual-service")) var schedulerFlags: String?
  @Option(help: .attribute("one-packet", of: "virtual-service")) var onePacket: String?
  @Option(help: .attribute("firewall-mark", of: "virtual-service")) var firewallMark: String?
  @Option(help: .attribute("family", of: "virtual-service")) var family: String?
  @Option(help: .attribute("interface", of: "virtual-service")) var interface: String?
  @Option(help: .attribute("on-failure", of: "virtual-service")) var onFailure: String?
  @Option(help: .attribute("withdraw-when-down", of: "virtual-service")) var withdrawWhenDown: String?
  @Option(help: .attribute("enabled", of: "virtual-service")) var enabled: String?
  @Option(help: .attribute("suspect", of: "virtual-service")) var suspect: String?
}
