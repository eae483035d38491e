import IPVS
import LoadBalancing
import TestSupport

/// Random services and servers that the kernel takes; the same ones for the same seed.
struct RandomTable {
  private var generator: SplitMix64

  init(seed: UInt64) {
    generator = SplitMix64(state: seed)
  }

  mutating func entries(count: Int) -> [IPVSService.Key: IPVSTableEntry] {
    var entries: [IPVSService.Key: IPVSTableEntry] = [:]
    for _ in 0..<count {
      let key = serviceKey()
      var entry = IPVSTableEntry(service: service(key: key))
      for _ in 0..<Int.random(in: 0...8, using: &generator) {
        let mixed = chance(in: 8)
        let family: AddressFamily = (key.family == .inet) != mixed ? .inet : .inet6
        let destination = destination(
          key: IPVSDestination.Key(address: address(family), port: number()), mixed: mixed)
        entry.destinations[destination.key] = destination
      }
      entries[key] = entry
    }
    return entries
  }

  mutating func service(key: IPVSService.Key) -> IPVSService {
    IPVSService(
      key: key, scheduler: ["rr", "wrr", "wlc", "sh", "mh"].randomElement(using: &generator) ?? "rr",
      flags: IPVSService.Flags(rawValue: UInt32.random(in: 0...63, using: &generator)),
      persistenceTimeout: number(),
      granularity: Int.random(in: key.family == .inet ? 0...32 : 1...128, using: &generator),
      persistenceEngine: chance(in: 4) ? "sip" : nil)
  }

  mutating func destination(key: IPVSDestination.Key, mixed: Bool) -> IPVSDestination {
    let method = mixed ? .tunnel : IPVSDestination.Method.allCases.randomElement(using: &generator) ?? .direct
    let upper: UInt32 = number()
    let tunnel = IPVSTunnel(
      kind: IPVSTunnel.Kind(rawValue: UInt8.random(in: 0...2, using: &generator)), port: number(),
      flags: IPVSTunnel.Flags(rawValue: UInt16.random(in: 0...3, using: &generator)))
    return IPVSDestination(
      key: key, method: method, weight: Int32.random(in: 0...Int32.max, using: &generator), upperThreshold: upper,
      lowerThreshold: UInt32.random(in: 0...upper, using: &generator), tunnel: chance(in: 4) ? nil : tunnel)
  }

  private mutating func serviceKey() -> IPVSService.Key {
    let family: AddressFamily = chance(in: 2) ? .inet : .inet6
    return chance(in: 3)
      ? .firewallMark(UInt32.random(in: 1...UInt32.max, using: &generator), family)
      : .address(
        address(family), port: number(), protocol: [6, 17, 132].randomElement(using: &generator) ?? 6)
  }

  private mutating func address(_ family: AddressFamily) -> IPAddress {
    IPAddress(family: family, value: UInt128.random(in: 1...UInt128.max, using: &generator))
  }

  private mutating func number<T: FixedWidthInteger>() -> T {
    T.random(in: 0...T.max, using: &generator)
  }

  private mutating func chance(in count: Int) -> Bool {
    Int.random(in: 0..<count, using: &generator) == 0
  }
}
