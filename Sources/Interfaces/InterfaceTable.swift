public import LoadBalancing
public import Netlink

/// The kernel's interfaces, their addresses and its routes.
///
/// Each call blocks until the kernel has answered. Not sendable: it belongs to the thread of its socket.
public final class InterfaceTable {
  private let connection: NetlinkConnection

  /// On a socket of family route; one with strict checking gets the main table's routes alone.
  public init(_ transport: any NetlinkTransport, timeLimit: Duration = .seconds(5)) {
    connection = NetlinkConnection(transport, timeLimit: timeLimit)
  }

  /// Reads interfaces, addresses and default routes.
  ///
  /// - Throws: ``NetlinkError/Code/dumpInterrupted`` when they went on changing while they were read; otherwise as
  ///   ``NetlinkConnection/dump(_:encode:each:)``.
  public func read() throws(NetlinkError) -> InterfaceSnapshot {
    try uninterrupted { () throws(NetlinkError) in try readOnce() }
  }

  /// Lists again what has changed while it was listed, not for ever.
  private func uninterrupted<Result>(_ list: () throws(NetlinkError) -> Result) throws(NetlinkError) -> Result {
    for _ in 0..<4 {
      do throws(NetlinkError) { return try list() } catch {
        guard error.code == .dumpInterrupted else { throw error }
      }
    }
    return try list()
  }

  /// Adds and removes addresses, several in one datagram.
  ///
  /// IPv6 addresses are usable at once and never chosen as the source of a connection by themselves.
  /// - Throws: What leaves open which changes were made; read again.
  public func apply(_ changes: [InterfaceChange]) throws(NetlinkError) -> InterfaceOutcome {
    var outcome = InterfaceOutcome()
    var indexes: [String: UInt32] = [:]
    for name in Set(changes.map(\.place.interface)) { indexes[name] = try index(of: name) }
    var possible: [(change: InterfaceChange, index: UInt32)] = []
    for change in changes {
      if let index = indexes[change.place.interface] {
        possible.append((change, index))
      } else if case .removeAddress = change {
        // It went with its interface.
        outcome.alreadySo.append(change)
      } else {
        outcome.failures.append(InterfaceFailure(change, errno: RouteErrno.noSuchDevice))
      }
    }
    let refused = try connection.batch("change the addresses on interfaces", count: possible.count) { place, builder in
      let (change, index) = possible[place]
      switch change {
      case .addAddress(let place): InterfaceMessages.appendAddition(of: place, index: index, to: &builder)
      case .removeAddress(let place): InterfaceMessages.appendRemoval(of: place, index: index, to: &builder)
      }
    }
    for failure in refused {
      let change = possible[failure.index].change
      switch (change, failure.errno) {
      case (.addAddress, RouteErrno.exists), (.removeAddress, RouteErrno.addressNotAvailable):
        outcome.alreadySo.append(change)
      default:
        outcome.failures.append(InterfaceFailure(change, errno: failure.errno, detail: failure.detail))
      }
    }
    return outcome
  }

  /// Asks the kernel for its ways to addresses; without those to which it has none.
  public func routes(to addresses: some Collection<IPAddress>) throws(NetlinkError) -> [IPAddress: Route] {
    guard !addresses.isEmpty else { return [:] }
    let links = try uninterrupted { () throws(NetlinkError) in try readLinks() }
    let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
    var routes: [IPAddress: Route] = [:]
    for address in addresses {
      guard let found = try routeMessage(to: address), let name = found.interfaceIndex.flatMap({ names[$0] }),
        found.type == RouteNetlink.unicast || found.type == RouteNetlink.local
      else { continue }
      routes[address] = Route(
        interface: name, gateway: found.gateway, source: found.source, isLocal: found.type == RouteNetlink.local,
        mtu: found.mtu)
    }
    return routes
  }

  private func routeMessage(to address: IPAddress) throws(NetlinkError) -> RouteMessage? {
    var found: RouteMessage?
    do throws(NetlinkError) {
      try connection.request("look up the route to \(address)") { builder in
        builder.routeRequest(
          family: RouteNetlink.number(of: address.family), destinationLength: UInt8(address.family.addressBits)
        ) { $0.attribute(RouteNetlink.RouteAttribute.destination, bytes: address.bytes) }
      } reply: { header, payload throws(NetlinkError) in
        if header.type == RouteNetlink.Message.newRoute { found = try RouteMessage(payload) }
      }
    } catch {
      switch error.code {
      // The last two for routes of the types blackhole and prohibit (fib_props, ip6_rt_type_to_error).
      case .kernel(RouteErrno.networkUnreachable), .kernel(RouteErrno.hostUnreachable),
        .kernel(RouteErrno.noSuchProcess), .kernel(RouteErrno.invalidArgument), .kernel(RouteErrno.permissionDenied):
        return nil
      case .kernel(let errno) where RouteErrno.lacksFamily(errno): return nil
      default: throw error
      }
    }
    return found
  }

  /// Reads who the hosts on the links are, of those to whom packets went lately.
  public func neighbours() throws(NetlinkError) -> [Neighbour] {
    var neighbours: [Neighbour] = []
    do throws(NetlinkError) {
      try connection.dump("read the neighbours") { builder in
        builder.neighbourRequest()
      } each: { header, payload throws(NetlinkError) in
        guard header.type == RouteNetlink.Message.newNeighbour else { return }
        if let neighbour = try InterfaceMessages.neighbour(payload) { neighbours.append(neighbour) }
      }
    } catch {
      // Neighbours come and go; the next reading has those that were missed.
      guard error.code == .dumpInterrupted else { throw error }
    }
    return neighbours
  }

  /// Reads the marks that the rules of policy routing use, of both families.
  public func routingMarks() throws(NetlinkError) -> [RoutingMark] {
    var marks: Set<RoutingMark> = []
    for family in AddressFamily.allCases {
      do throws(NetlinkError) {
        try readRoutingMarks(family, into: &marks)
      } catch {
        guard case .kernel(let errno) = error.code, RouteErrno.lacksFamily(errno) else { throw error }
      }
    }
    return marks.sorted { ($0.value, $0.mask) < ($1.value, $1.mask) }
  }

  private func readRoutingMarks(_ family: AddressFamily, into marks: inout Set<RoutingMark>) throws(NetlinkError) {
    try connection.dump("read the rules of policy routing") { builder in
      builder.ruleRequest(family: RouteNetlink.number(of: family))
    } each: { header, payload throws(NetlinkError) in
      guard header.type == RouteNetlink.Message.newRule else { return }
      var rule = RoutingMark(value: 0, mask: .max)
      var hasMark = false
      try payload.forEachAttribute(from: 12) { type, value throws(NetlinkError) in
        switch type {
        case RouteNetlink.RuleAttribute.mark: (rule.value, hasMark) = (try value.integer(), true)
        case RouteNetlink.RuleAttribute.mask: rule.mask = try value.integer()
        default: break
        }
      }
      // A rule without a mark takes every packet, whatever its mark.
      if hasMark, rule.mask != 0 { marks.insert(rule) }
    }
  }

  private func readOnce() throws(NetlinkError) -> InterfaceSnapshot {
    let links = try readLinks()
    let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
    var snapshot = InterfaceSnapshot(links: links)
    try connection.dump("read the addresses of interfaces") { builder in
      builder.address(RouteNetlink.Message.getAddress)
    } each: { header, payload throws(NetlinkError) in
      guard header.type == RouteNetlink.Message.newAddress else { return }
      if let address = try InterfaceMessages.address(payload, names: names) { snapshot.addresses.append(address) }
    }
    for family in AddressFamily.allCases {
      snapshot.defaultInterfaces[family] = try defaultInterface(family).flatMap { names[$0] }
    }
    return snapshot
  }

  private func readLinks() throws(NetlinkError) -> [NetworkLink] {
    var links: [NetworkLink] = []
    try connection.dump("read the interfaces") { builder in
      builder.linkRequest()
    } each: { header, payload throws(NetlinkError) in
      if header.type == RouteNetlink.Message.newLink { links.append(try InterfaceMessages.link(payload)) }
    }
    return links
  }

  /// The index of the interface of the default route that comes first.
  private func defaultInterface(_ family: AddressFamily) throws(NetlinkError) -> UInt32? {
    var best: RouteMessage?
    do throws(NetlinkError) {
      try readDefaultRoutes(family) { route in
        if best.map({ route.priority < $0.priority }) ?? true { best = route }
      }
    } catch {
      // The main table itself is not there before its first route.
      guard error.code == .kernel(RouteErrno.notFound) else { throw error }
    }
    return best?.interfaceIndex
  }

  private func readDefaultRoutes(
    _ family: AddressFamily, _ body: (RouteMessage) -> Void
  ) throws(NetlinkError) {
    try connection.dump("read the routes") { builder in
      builder.routeRequest(family: RouteNetlink.number(of: family), table: UInt8(RouteNetlink.mainTable))
    } each: { header, payload throws(NetlinkError) in
      guard header.type == RouteNetlink.Message.newRoute else { return }
      let route = try RouteMessage(payload)
      if route.isDefault, route.interfaceIndex != nil { body(route) }
    }
  }

  private func index(of name: String) throws(NetlinkError) -> UInt32? {
    var index: UInt32?
    do throws(NetlinkError) {
      try connection.request("look up the interface \(name)") { builder in
        builder.linkRequest { $0.attribute(RouteNetlink.LinkAttribute.name, name) }
      } reply: { header, payload throws(NetlinkError) in
        if header.type == RouteNetlink.Message.newLink { index = try InterfaceMessages.link(payload).index }
      }
    } catch {
      // ERANGE: a name longer than the kernel's 15 bytes.
      guard error.code == .kernel(RouteErrno.noSuchDevice) || error.code == .kernel(RouteErrno.outOfRange) else {
        throw error
      }
    }
    return index
  }
}
