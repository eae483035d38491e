import LoadBalancing

/// Finds the attributes of a service that contradict each other.
struct ServiceConflicts {
  let reader: ElementReader
  let traits: ServiceTraits
  let service: VirtualService
  let global: GlobalSettings

  func report() {
    reportTunnel()
    reportSourceAddress()
    reportScheduler()
    reportOnePacket()
    reportAddressOptions()
    reportQuiesce()
  }

  private func reportTunnel() {
    guard let forwarding = traits.forwarding else { return }
    guard forwarding == .tun else {
      refuse(VirtualServiceAttributes.tunnelType, "goes with forwarding=\"tun\" only")
      refuse(VirtualServiceAttributes.tunnelPort, "goes with forwarding=\"tun\" only")
      refuse(VirtualServiceAttributes.tunnelChecksum, "goes with forwarding=\"tun\" only")
      return
    }
    guard let kind = reader.reread(VirtualServiceAttributes.tunnelType, or: .ipip) else { return }
    if kind == .gue, !reader.has(VirtualServiceAttributes.tunnelPort) {
      reader.report("tunnel-type=\"gue\" needs the attribute tunnel-port: the UDP port that the servers listen on")
    }
    if kind != .gue { refuse(VirtualServiceAttributes.tunnelPort, "goes with tunnel-type=\"gue\" only") }
    if kind == .ipip, service.tunnel?.checksum == true {
      refuse(VirtualServiceAttributes.tunnelChecksum, "goes with tunnel-type gue and gre only: ipip has none")
    }
  }

  private func reportSourceAddress() {
    guard let forwarding = traits.forwarding else { return }
    if forwarding != .snat {
      refuse(VirtualServiceAttributes.snatAddress, "goes with forwarding=\"snat\" only")
    } else if let source = service.snatAddress, let family = traits.family, source.family != family {
      let allowed = family == .inet ? "IPv4" : "IPv6"
      refuse(
        VirtualServiceAttributes.snatAddress, "is of another family than the service; allowed: an \(allowed) address")
    }
  }

  private func reportScheduler() {
    guard let scheduler = reader.reread(VirtualServiceAttributes.scheduler, or: .wlc), !scheduler.takesFlags else {
      return
    }
    refuse(
      VirtualServiceAttributes.schedulerFlags,
      "does not go with scheduler=\"\(scheduler.rawValue)\"; allowed: sh and mh")
  }

  private func reportOnePacket() {
    guard service.onePacket else { return }
    if traits.isOnFirewallMark || (traits.transport.map { $0 != .udp } ?? false) {
      refuse(VirtualServiceAttributes.onePacket, "goes with protocol=\"udp\" only")
    }
    let fallback = service.fallback?.forwarding
    for forwarding in [traits.forwarding, fallback] {
      guard let forwarding, forwarding.translatesPorts else { continue }
      refuse(
        VirtualServiceAttributes.onePacket,
        "does not go with forwarding=\"\(forwarding.rawValue)\", whose replies would leave untranslated; "
          + "allowed: dr and tun")
    }
  }

  private func reportAddressOptions() {
    if traits.isOnFirewallMark {
      refuse(VirtualServiceAttributes.interface, "does not go with firewall-mark: there is no address to put anywhere")
    }
    guard service.withdrawWhenDown else { return }
    if traits.isOnFirewallMark {
      refuse(
        VirtualServiceAttributes.withdrawWhenDown, "does not go with firewall-mark: there is no address to withdraw")
    } else if service.interface == .none {
      refuse(
        VirtualServiceAttributes.withdrawWhenDown,
        "does not go with interface=\"none\": lbd does not manage the address")
    }
  }

  /// Persistent clients that stay would be sent to the failed server for as long as they come.
  private func reportQuiesce() {
    guard service.onFailure == .quiesce, service.persistence != nil, global.persistentClients == .stay else { return }
    refuse(
      VirtualServiceAttributes.onFailure,
      "with persistence needs <draining persistent-clients=\"move\"/> in global, or clients stay with the failed server"
    )
  }

  private func refuse<Value>(_ attribute: Attribute<Value>, _ message: String) {
    if reader.has(attribute) { reader.report(attribute, message) }
  }
}

extension ElementReader {
  /// The value of an attribute whose problem is reported already; nil when it has one.
  func reread<Value>(_ attribute: Attribute<Value>, or standard: Value) -> Value? {
    guard let found = element.attribute(attribute.name) else { return standard }
    return try? attribute.syntax.read(found.value)
  }
}
