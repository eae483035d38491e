import Interfaces

extension SavedState {
  /// What is remembered about interfaces goes along when they are renamed, also while lbd was not there to see it.
  mutating func follow(_ links: [NetworkLink]) {
    let before = Dictionary((interfaces ?? [:]).map { ($0.value, $0.key) }) { first, _ in first }
    var names: [String: String] = [:]
    for link in links {
      if let old = before[link.index], old != link.name { names[old] = link.name }
    }
    if !names.isEmpty { rename(names) }
    noteIndexes(of: links)
  }

  /// Remembers which interfaces those are that are named.
  mutating func noteIndexes(of links: [NetworkLink]) {
    let named = Set(owned.addresses.map(\.interface)).union(originalSysctls.keys.compactMap(interface(ofSysctl:)))
    interfaces = Dictionary(links.filter { named.contains($0.name) }.map { ($0.name, $0.index) }) { first, _ in first }
  }

  /// - Parameter names: the new name of each interface, by the old one.
  private mutating func rename(_ names: [String: String]) {
    owned.addresses = Set(
      owned.addresses.map { place in
        InterfaceAddress(
          address: place.address, prefixLength: place.prefixLength, interface: names[place.interface] ?? place.interface
        )
      })
    // Those of an interface that had such a name before are nobody's.
    let replaced = Set(names.values).subtracting(names.keys)
    var sysctls: [String: String] = [:]
    for (name, value) in originalSysctls {
      guard let interface = interface(ofSysctl: name) else {
        sysctls[name] = value
        continue
      }
      guard !replaced.contains(interface) else { continue }
      let new = names[interface].map { name.replacing("/\(interface)/", with: "/\($0)/") } ?? name
      sysctls[new] = value
    }
    originalSysctls = sysctls
  }
}

/// The interface of a sysctl as `net/ipv4/conf/eth0/forwarding`; nil for those that have none.
private func interface(ofSysctl name: String) -> String? {
  let parts = name.split(separator: "/")
  return parts.count == 5 && parts[2] == "conf" ? String(parts[3]) : nil
}
