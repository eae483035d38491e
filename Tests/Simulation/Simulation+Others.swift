import Director
import IPVS
import Interfaces
import LoadBalancing
import PacketMarks

extension Simulation {
  /// Somebody else changes the kernel, sometimes what is lbd's.
  mutating func interfere() {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: makeSomethingElse()
    default: _ = damage()
    }
  }

  /// Objects of others, which lbd must leave alone.
  private mutating func makeSomethingElse() {
    let number = Int.random(in: 1...3, using: &generator)
    let key: IPVSService.Key = .address(World.address("172.16.0.\(number)"), port: 80, protocol: 6)
    let place = InterfaceAddress(virtual: World.address("172.16.0.\(number)"), interface: "eth1")
    if kernel.services.removeValue(forKey: key) != nil {
      foreignServices[key] = nil
    } else {
      let entry = IPVSTableEntry(service: IPVSService(key: key, scheduler: "rr"))
      kernel.services[key] = entry
      foreignServices[key] = entry
    }
    if foreignAddresses.remove(place) != nil {
      kernel.interfaces.addresses.removeAll { $0.place == place }
    } else if kernel.interfaces.link(named: "eth1") != nil {
      kernel.interfaces.addresses.append(ObservedAddress(place))
      foreignAddresses.insert(place)
    }
    note("others make or remove \(key) and \(place)")
  }

  /// Changes something that lbd made or has taken over; false when there is nothing of the kind.
  mutating func damage() -> Bool {
    guard !isWithdrawn else { return false }
    let keys = contract.services.map(contract.key).filter { kernel.services[$0] != nil && foreignServices[$0] == nil }
    let destinations = keys.flatMap { key in
      (kernel.services[key]?.destinations.keys.sorted { "\($0)" < "\($1)" } ?? []).map { (key, $0) }
    }
    let selectors = kernel.marks?.marks.keys.sorted() ?? []
    let places = contract.addresses.filter(kernel.interfaces.holds).sorted { "\($0)" < "\($1)" }
    let kind = Int.random(in: 0..<9, using: &generator)
    note("others damage, kind \(kind)")
    switch kind {
    case 0 where !kernel.services.isEmpty:
      kernel.services = foreignServices
      kernel.connections = [:]
      guard !keys.isEmpty else { return false }
    case 1:
      guard let key = generator.pick(keys) else { return false }
      kernel.services[key] = nil
      kernel.connections[key] = nil
    case 2:
      guard let (key, destination) = generator.pick(destinations) else { return false }
      kernel.services[key]?.destinations[destination] = nil
    case 3:
      guard let (key, destination) = generator.pick(destinations) else { return false }
      kernel.services[key]?.destinations[destination]?.weight += 1
    case 4:
      guard let key = generator.pick(keys) else { return false }
      let stranger = IPVSDestination(
        key: .init(address: World.address(key.family == .inet ? "10.0.0.77" : "2001:db8::77"), port: 0), method: .direct
      )
      kernel.services[key]?.destinations[stranger.key] = stranger
    case 5:
      guard let key = generator.pick(keys) else { return false }
      kernel.services[key]?.service.scheduler = "dh"
    case 6:
      guard let selector = generator.pick(selectors) else { return false }
      kernel.marks?.marks[selector] = generator.chance(in: 2) ? nil : 9
      course.request(look: .notified)
    case 7:
      guard kernel.marks != nil else { return false }
      kernel.marks = generator.chance(in: 2) ? nil : .spoilt
      course.request(look: .notified)
    default:
      guard let place = generator.pick(places) else { return false }
      kernel.interfaces.addresses.removeAll { $0.place == place }
      isDisturbed = true
      return contract.addresses.contains(place)
    }
    isDisturbed = true
    return true
  }

  /// Links go and come, with what the kernel tells of it.
  mutating func changeLinks() {
    let names = kernel.interfaces.links.map(\.name).filter { $0 != "eth1" }
    switch Int.random(in: 0..<5, using: &generator) {
    case 0:
      guard let name = names.first else { return }
      note("\(name) goes")
      kernel.removeLink(name)
      originals = originals.filter { kernel.sysctls[$0.key] != nil }
    case 1:
      guard let name = names.first else { return }
      note("\(name) renamed")
      let new = name == "eth0" ? "lan0" : "eth0"
      kernel.rename(name, to: new)
      for (sysctl, value) in originals where sysctl.contains("/\(name)/") {
        originals[sysctl] = nil
        originals[sysctl.replacing("/\(name)/", with: "/\(new)/")] = value
      }
    case 2, 3:
      guard let name = names.first, let link = kernel.interfaces.link(named: name) else { return }
      note("\(name) \(link.isUp ? "down" : "up")")
      kernel.setLink(name, isUp: !link.isUp)
    default:
      guard names.isEmpty else { return }
      note("eth0 comes")
      kernel.addLink("eth0", [SimulatedKernel.lan, SimulatedKernel.lan6])
      originals.merge(kernel.sysctls.filter { originals[$0.key] == nil }) { first, _ in first }
    }
    course.request(look: .notified)
  }

  /// From rest: somebody damages one thing; the next look mends it, counts it, and touches nothing else.
  mutating func drift() throws(BrokenPromise) {
    try settle()
    let before = kernel
    guard damage() else { return }
    let counted = report.repairs
    course.request(look: .everything)
    guard try turn(mayFail: false) else {
      guard course.contest.isOn else { throw broken("what others changed is not mended") }
      return
    }
    if before.services != kernel.services || before.marks != kernel.marks { throw broken("mended to something else") }
    if report.repairs == counted { throw broken("mended and not counted") }
    if generator.chance(in: 50) { try fight() }
  }

  /// Somebody does the same thing again at every look.
  private mutating func fight() throws(BrokenPromise) {
    try settle()
    guard let key = contract.services.map(contract.key).first, !isWithdrawn, kernel.services[key] != nil else { return }
    note("fight over \(key)")
    var mendings = 0
    for _ in 0..<200 {
      if kernel.services.removeValue(forKey: key) != nil { mendings += 1 }
      kernel.connections[key] = nil
      isDisturbed = true
      course.request(look: .everything)
      try turn(mayFail: false)
    }
    guard course.contest.isOn else { throw broken("nobody is named after a fight of 200 looks") }
    guard mendings < 100 else { throw broken("\(mendings) mendings in a fight of 200 looks") }
    try settle()
  }
}
