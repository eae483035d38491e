import Interfaces

extension SavedState {
  /// What is remembered about interfaces goes along when they are renamed and is forgotten when they are gone, also while
  /// lbd was not there to see it: one that comes later is another, even under the same name.
  mutating func follow(_ links: [NetworkLink]) {
    let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
    let known = (interfaces ?? [:]).mapValues { names[$0] }
    if known.contains(where: { $0.key != $0.value }) { rename(known) }
    noteIndexes(of: links)
  }

  /// Remembers which interfaces those are that are named.
  mutating func noteIndexes(of links: [NetworkLink]) {
    let named = Set(owned.addresses.map(\.interface)).union(originalSysctls.keys.compactMap(interface(ofSysctl:)))
    interfaces = Dictionary(links.filter { named.contains($0.name) }.map { ($0.name, $0.index) }) { first, _ in first }
  }

  /// - Parameter known: the name of each interface now, nil when it is gone, by the name that it had.
  private mutating func rename(_ known: [String: String?]) {
    // Those of an interface of which no more was known than a name that another has now are nobody's.
    let taken = Set(known.values.compactMap(\.self))
    func name(of interface: String) -> String? {
      known[interface] ?? (taken.contains(interface) ? nil : interface)
    }
    owned.addresses = Set(
      owned.addresses.compactMap { place in
        name(of: place.interface).map {
          InterfaceAddress(address: place.address, prefixLength: place.prefixLength, interface: $0)
        }
      })
    var sysctls: [String: String] = [:]
    for (sysctl, value) in originalSysctls {
      guard let interface = interface(ofSysctl: sysctl) else {
        sysctls[sysctl] = value
        continue
      }
      guard let new = name(of: interface) else { continue }
      sysctls[sysctl.replacing("/\(interface)/", with: "/\(new)/")] = value
    }
    originalSysctls = sysctls
  }
}

/// The interface of a sysctl as `net/ipv4/conf/eth0/forwarding`; nil for those that have none.
private func interface(ofSysctl name: String) -> String? {
  let parts = name.split(separator: "/")
  return parts.count == 5 && parts[2] == "conf" ? String(parts[3]) : nil
}
