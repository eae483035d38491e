import Glibc
import Interfaces
public import LinuxSystem
public import LoadBalancing
public import Netlink

/// Watches what clients send to servers, and tells of those whose clients get no answer.
///
/// SYNs and acknowledgements are seen where they leave this machine, so that it is certain which server they go to:
/// with direct routing by the hardware address, otherwise by the address. The kernel's filter passes nothing else. On a
/// thread of its own, because it waits for them.
public actor ClientWatcher {
  /// Opens a netlink socket for routes.
  public typealias Opening = @Sendable () throws(NetlinkError) -> any NetlinkTransport

  /// What came of watching for a while.
  public struct Look: Sendable {
    public var suspects: Set<IPAddress> = []
    /// Why some servers are not watched, in an operator's words.
    public var troubles: [String] = []
  }

  /// Routes and hardware addresses are read again so often.
  private static let refresh = Duration.seconds(5)
  /// More frames in a row are left to the next look; what the buffer cannot hold meanwhile is lost.
  private static let framesMax = 50_000
  private static let bufferBytes = 4 << 20
  /// The kernel hands frames on together, at the latest after so long.
  private static let batchMilliseconds: Int32 = 20

  private let executor: ThreadExecutor
  private let openRoute: Opening
  private let origin = ContinuousClock.now
  private var watched = WatchedServers(LoadBalancer())
  private var captures: [String: Capture] = [:]
  private var hosts: [HardwareAddress: [IPAddress]] = [:]
  private var clients = StalledClients()
  private var rate = AcknowledgementRate()
  private var troubles: [String] = []
  private var refreshedAt: ContinuousClock.Instant?

  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  private final class Capture {
    let filter: SegmentFilter
    let socket: PacketSocket

    init(_ filter: SegmentFilter, _ socket: consuming PacketSocket) {
      self.filter = filter
      self.socket = socket
    }
  }

  public init(executor: ThreadExecutor, openRoute: @escaping Opening) {
    self.executor = executor
    self.openRoute = openRoute
  }

  /// Watches until a server is suspicious, or for as long as `patience` says.
  public func look(at wanted: WatchedServers, for patience: Duration) -> Look {
    if wanted != watched || refreshedAt.map({ $0 + Self.refresh <= .now }) ?? true {
      watched = wanted
      prepare()
    }
    let deadline = ContinuousClock.now + patience
    var look = Look(troubles: troubles)
    while look.suspects.isEmpty, ContinuousClock.now < deadline {
      wait(until: clients.nextSuspicion.map { min(origin + $0, deadline) } ?? deadline)
      // Of before reading: who has got on until then has been seen.
      let now = origin.duration(to: .now)
      let acknowledgements = captures.reduce(0) { $0 + read($1.value, $1.key, at: now) }
      look.suspects = clients.suspects(at: now)
      guard rate.note(acknowledgements, at: now) else { continue }
      clients.forgetHandshakes()
      prepare()
    }
    return look
  }

  /// Ends watching.
  public func rest() {
    captures = [:]
    refreshedAt = nil
    watched = WatchedServers(LoadBalancer())
  }

  /// Takes what has come, and says how many acknowledgements that were.
  private func read(_ capture: Capture, _ name: String, at now: Duration) -> Int {
    var acknowledgements = 0
    do {
      try capture.socket.drain(atMost: Self.framesMax) { frame in
        guard let segment = ClientSegment(frame: frame) else { return }
        if !segment.isSYN { acknowledgements += 1 }
        guard let server = watched.server(of: segment, hosts: hosts) else { return }
        clients.note(segment, to: server, isFollowed: rate.sampling.includes(port: segment.client.port), at: now)
      }
    } catch {
      // An interface that is gone or down: what is there now is found with the next reading of routes.
      captures[name] = nil
    }
    return acknowledgements
  }

  private func wait(until deadline: ContinuousClock.Instant) {
    let remaining = ContinuousClock.now.duration(to: deadline)
    let milliseconds = Int32(max(0, min((remaining / .milliseconds(1)).rounded(.up), 10_000)))
    var waiting = captures.values.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
    unsafe _ = poll(&waiting, nfds_t(waiting.count), milliseconds)
  }

  /// Opens what has to be watched on each interface, and closes the rest.
  private func prepare() {
    refreshedAt = .now
    troubles = []
    clients.keep(only: watched.addresses)
    do {
      try prepare(InterfaceTable(try openRoute()))
    } catch {
      troubles = ["clients are not watched: the routes cannot be read: \(error)"]
    }
  }

  private func prepare(_ table: InterfaceTable) throws(NetlinkError) {
    var filters: [String: SegmentFilter] = [:]
    let routes = try table.routes(to: watched.addresses)
    for address in watched.addresses.sorted() {
      guard let route = routes[address], !route.isLocal else { continue }
      for service in watched.services where service.realServers.contains(where: { $0.address == address }) {
        filters[route.interface, default: SegmentFilter(rate.sampling)].add(address, of: service)
      }
    }
    hosts = [:]
    for neighbour in try table.neighbours() where watched.addresses.contains(neighbour.address) {
      hosts[neighbour.hardware, default: []].append(neighbour.address)
    }
    captures = captures.filter { filters[$0.key] == $0.value.filter }
    for (name, filter) in filters where captures[name] == nil {
      do {
        captures[name] = Capture(
          filter,
          try PacketSocket(
            leaving: name, filter: filter.text, snapLength: ClientSegment.frameBytes, bufferBytes: Self.bufferBytes,
            batchMilliseconds: Self.batchMilliseconds))
      } catch {
        troubles.append("clients of servers on \(name) are not watched: \(error)")
      }
    }
  }
}
