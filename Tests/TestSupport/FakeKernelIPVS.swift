import Netlink

/// IPVS's table as the kernel keeps it, at the level of attributes (`net/netfilter/ipvs/ip_vs_ctl.c`).
public struct FakeKernelIPVS {
  /// The schedulers that can be loaded.
  public var schedulers: Set<String> = ["rr", "wrr", "lc", "wlc", "sh", "mh", "sed", "nq", "dh", "fo", "ovf", "lblc"]
  public var persistenceEngines: Set<String> = ["sip"]
  /// TCP, TCP after FIN, UDP, in seconds.
  public var timeouts: [UInt32] = [900, 120, 300]
  /// Whether no destination has a connection.
  public var isIdle = false

  var services: [FakeKernelService] = []

  public init() {}

  public var serviceCount: Int { services.count }
  public var destinationCount: Int { services.reduce(0) { $0 + $1.destinations.count } }

  /// Forgets everything, as somebody with `ipvsadm -C` would make it.
  public mutating func flush() {
    services = []
  }

  mutating func answer(
    type: UInt16, isDump: Bool, _ payload: [UInt8]
  ) -> Result<[FakeKernelReply.Entry], FakeKernelErrno> {
    let attributes = FakeKernelAttributes(payload, from: 4)
    let command = payload[0]
    return Result { () throws(FakeKernelErrno) in
      switch (command, isDump) {
      case (1...3, false): try changeService(command, attributes)
      case (5...7, false): try changeDestination(command, attributes)
      case (4, false): return [try service(of: attributes).entry(type)]
      case (4, true): return services.map { $0.entry(type) }
      // A service that is not there has no destinations, which is no error.
      case (8, true):
        return (try? service(of: attributes))?.destinations.map { $0.entry(type, isIdle: isIdle) } ?? []
      case (12, false):
        for place in 0..<3 {
          if let value = attributes.number(UInt16(4 + place)), value != 0 { timeouts[place] = value }
        }
      case (13, false): return [timeoutsEntry(type)]
      case (15, false): return [versionEntry(type)]
      default: throw .notSupported
      }
      return []
    }
  }

  private func index(of attributes: FakeKernelAttributes) throws(FakeKernelErrno) -> Int? {
    guard let nested = attributes.nested(1) else { throw .invalid }
    let key = try FakeKernelService.Key(nested)
    return services.firstIndex { $0.key == key }
  }

  private func service(of attributes: FakeKernelAttributes) throws(FakeKernelErrno) -> FakeKernelService {
    guard let index = try index(of: attributes) else { throw .noSuchProcess }
    return services[index]
  }

  private mutating func changeService(_ command: UInt8, _ attributes: FakeKernelAttributes) throws(FakeKernelErrno) {
    let index = try index(of: attributes)
    if command == 3 {
      guard let index else { throw .noSuchProcess }
      services.remove(at: index)
      return
    }
    guard let nested = attributes.nested(1) else { throw .invalid }
    // SCHED_NAME, FLAGS, TIMEOUT, NETMASK
    guard [6, 7, 8, 9].allSatisfy({ nested[$0] != nil }) else { throw .invalid }
    if command == 2, index == nil { throw .noSuchProcess }
    if command == 1, index != nil { throw .exists }
    guard let scheduler = nested.string(6), schedulers.contains(scheduler) else { throw .notFound }
    if let engine = nested.string(11), !persistenceEngines.contains(engine) { throw .notFound }
    let key = try FakeKernelService.Key(nested)
    if key.family == 10, !(1...128).contains(nested.number(9) ?? 0) { throw .invalid }
    if let index {
      services[index].settings = nested
    } else {
      services.append(FakeKernelService(key: key, settings: nested))
    }
  }

  private mutating func changeDestination(
    _ command: UInt8, _ attributes: FakeKernelAttributes
  ) throws(FakeKernelErrno) {
    guard let index = try index(of: attributes) else { throw .noSuchProcess }
    guard let nested = attributes.nested(2), nested[1]?.count == 16, nested[2]?.count == 2 else { throw .invalid }
    let place = services[index].destinations.firstIndex { $0.settings[1] == nested[1] && $0.settings[2] == nested[2] }
    if command == 7 {
      guard let place else { throw .notFound }
      services[index].destinations.remove(at: place)
      return
    }
    // FWD_METHOD, WEIGHT, U_THRESH, L_THRESH
    guard let method = nested.number(3), let weight = nested.number(4), let upper = nested.number(5),
      let lower = nested.number(6)
    else { throw .invalid }
    if nested.number(11) ?? services[index].key.family != services[index].key.family, method != 2 { throw .invalid }
    if Int32(bitPattern: weight) < 0 || lower > upper { throw .outOfRange }
    if command == 6, place == nil { throw .notFound }
    if command == 5, place != nil { throw .exists }
    let destination = FakeKernelDestination(settings: nested, family: services[index].key.family)
    if let place {
      services[index].destinations[place] = destination
    } else {
      services[index].destinations.append(destination)
    }
  }

  private func timeoutsEntry(_ type: UInt16) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: type) {
      $0.genericHeader(command: 12)
      for (place, value) in timeouts.enumerated() { $0.attribute(UInt16(4 + place), value) }
    }
  }

  private func versionEntry(_ type: UInt16) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: type) {
      $0.genericHeader(command: 14)
      $0.attribute(1, UInt32(0x01_0201))
      $0.attribute(2, UInt32(4096))
    }
  }
}
