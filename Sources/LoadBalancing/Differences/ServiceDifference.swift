/// The differences between two versions of one virtual service.
struct ServiceDifference {
  let old: VirtualService
  let new: VirtualService
  private(set) var all: [ConfigurationDifference] = []

  init(from old: VirtualService, to new: VirtualService) {
    self.old = old
    self.new = new
    compareEntry()
    compare("forwarding", old.forwarding, new.forwarding, cutsConnections: true)
    compare("tunnel", old.tunnel, new.tunnel)
    compare("snat-address", old.snatAddress, new.snatAddress)
    compare("scheduler", old.scheduler, new.scheduler)
    compare("scheduler-flags", old.schedulerFlags, new.schedulerFlags)
    compare("one-packet", old.onePacket, new.onePacket)
    compare("interface", old.interface, new.interface)
    compare("on-failure", old.onFailure, new.onFailure)
    compare("withdraw-when-down", old.withdrawWhenDown, new.withdrawWhenDown)
    compare("enabled", old.enabled, new.enabled, cutsConnections: !new.enabled)
    compare("suspect", old.suspect, new.suspect)
    compare("persistence", old.persistence, new.persistence)
    compare("health checks", old.healthChecks, new.healthChecks)
    compare("fallback", old.fallback, new.fallback)
    compareServers()
  }

  private mutating func compareEntry() {
    guard case .address(let oldAddress, let oldPorts, let oldTransport) = old.entry,
      case .address(let newAddress, let newPorts, let newTransport) = new.entry
    else {
      compare("entry", old.entry, new.entry, cutsConnections: true)
      return
    }
    compare("address", oldAddress, newAddress, cutsConnections: true)
    // A service on one port alone is known to the kernel by that port.
    let isGone = !old.needsMark && oldPorts.only.map { !newPorts.contains($0) } ?? false
    compare("ports", oldPorts, newPorts, cutsConnections: isGone)
    compare("protocol", oldTransport, newTransport, cutsConnections: true)
  }

  private mutating func compareServers() {
    let before = Dictionary(old.realServers.map { ($0.label, $0) }) { first, _ in first }
    let after = Set(new.realServers.map(\.label))
    for server in new.realServers {
      guard let previous = before[server.label] else {
        add(.add, server.label, "real server \(server.label) at \(server.address), weight \(server.weight)")
        continue
      }
      guard previous != server else { continue }
      compare("address of \(server.label)", previous.address, server.address, server.label, cutsConnections: true)
      compare("port of \(server.label)", previous.port, server.port, server.label, cutsConnections: true)
      compare("weight of \(server.label)", previous.weight, server.weight, server.label)
      compare(
        "minimum-connections of \(server.label)", previous.minimumConnections, server.minimumConnections, server.label)
      compare(
        "maximum-connections of \(server.label)", previous.maximumConnections, server.maximumConnections, server.label)
      compare("health checks of \(server.label)", previous.healthChecks, server.healthChecks, server.label)
    }
    for server in old.realServers where !after.contains(server.label) {
      add(.remove, server.label, "real server \(server.label) at \(server.address)", cutsConnections: true)
    }
  }

  private mutating func compare<Value: Equatable & OperatorWords>(
    _ what: String, _ old: Value, _ new: Value, _ server: String? = nil, cutsConnections: Bool = false
  ) {
    guard old != new else { return }
    let change = old.words == new.words ? "other attributes of \(new.words)" : "\(old.words) → \(new.words)"
    add(.change, server, "\(what) \(change)", cutsConnections: cutsConnections)
  }

  private mutating func add(
    _ action: ConfigurationDifference.Action, _ server: String?, _ message: String, cutsConnections: Bool = false
  ) {
    all.append(.init(action, service: new.label, server: server, message, cutsConnections: cutsConnections))
  }
}
