import Director
import IPVS
import Interfaces
import LoadBalancing

/// Connections that are half open, and stay so between two looks at the kernel's table.
///
/// A healthy connection is half open for a round trip; one whose answer gets lost, for a minute.
struct HalfOpenConnections {
  /// More of them tell nothing new.
  private static let countMax = 20_000

  private let labels: ConnectionLabels
  private let interfaces: InterfaceSnapshot
  private var first: Set<IPVSConnection> = []
  private var found: [Place: ServerEvidence.Connections] = [:]

  private struct Place: Hashable {
    let owner: ConnectionLabels.Owner
    let isNear: Bool
  }

  init(labels: ConnectionLabels, interfaces: InterfaceSnapshot) {
    self.labels = labels
    self.interfaces = interfaces
  }

  /// Takes a connection of the first look.
  mutating func begin(with connection: IPVSConnection) {
    guard connection.isHalfOpen, first.count < Self.countMax else { return }
    first.insert(connection.identity)
  }

  /// Takes a connection of the second look.
  mutating func end(with connection: IPVSConnection) {
    let stays = connection.isHalfOpen && first.contains(connection.identity)
    guard stays || connection.isOpen, let owner = labels.owner(of: connection) else { return }
    let subnet = interfaces.subnet(holding: connection.destination)?.subnet
    let place = Place(owner: owner, isNear: subnet?.contains(connection.client) ?? false)
    if stays {
      found[place, default: .init()].halfOpen += 1
      found[place]?.client = connection.client
    } else {
      found[place, default: .init()].open += 1
    }
  }

  func of(_ owner: ConnectionLabels.Owner, near: Bool) -> ServerEvidence.Connections {
    found[Place(owner: owner, isNear: near)] ?? .init()
  }

  /// Clients of a server beyond its own subnet, some of them.
  func farClient(of owner: ConnectionLabels.Owner) -> IPAddress? { found[Place(owner: owner, isNear: false)]?.client }
}

extension IPVSConnection {
  /// Of the 60 seconds for which the kernel keeps it (`tcp_timeouts` in ip_vs_proto_tcp.c), the first quarter: a client
  /// that still tries sends its SYN again by then, and what was mended since is not held against anybody.
  var isHalfOpen: Bool { protocolNumber == 6 && state == "SYN_RECV" && expiresIn >= 45 }

  /// Whether client and server have both been heard.
  var isOpen: Bool {
    protocolNumber == 6 && !isTemplate && !["SYN_RECV", "SYN_SENT", "NONE", "CLOSE", "LISTEN"].contains(state)
  }

  /// The same at any time of its life.
  var identity: IPVSConnection {
    var identity = self
    identity.expiresIn = 0
    identity.state = ""
    return identity
  }
}
