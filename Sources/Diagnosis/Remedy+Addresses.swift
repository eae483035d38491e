import Director

/// What mends addresses of the load balancer's own.
extension Remedy {
  static func link(of interface: String) -> String {
    commands(
      "Look at the cable, the switch's port, and whether the interface is up:",
      ["ip link set \(interface) up", "ip link show \(interface)"])
  }

  /// - Parameter setDown: the interfaces one of which may be the right one.
  static func place(_ unplaced: UnplacedAddress, service: String?, setDown: [String]) -> [String] {
    let up = commands(
      "On the load balancer: an interface that is set down loses the default route and its IPv6 addresses. Set the "
        + "right one up, and apply the network's configuration to it again:",
      setDown.map { "ip link set \($0) up" })
    return (setDown.isEmpty ? [] : [up]) + [choice(unplaced, service: service)]
  }

  private static func choice(_ unplaced: UnplacedAddress, service: String?) -> String {
    let way = unplaced.interface.map { "Bring the interface \($0) back, or name another one" } ?? "Name an interface"
    let listing = "ip -brief link"
    guard let service else {
      return commands("\(way) with interface=\"…\" at the floating IP; this lists those that are there:", [listing])
    }
    return commands(
      "\(way); the first line lists those that are there, and with 'none' you manage the address yourself:",
      [listing, "lbctl service edit \(service) --interface INTERFACE"])
  }
}
