public import LoadBalancing
import Netlink

/// The way that the kernel takes to an address.
public struct Route: Hashable, Sendable {
  /// The interface's name.
  public var interface: String
  /// nil: the address is on a connected subnet.
  public var gateway: IPAddress?
  /// The source address that the kernel would choose.
  public var source: IPAddress?
  /// The address is this machine's.
  public var isLocal: Bool
  /// The largest packet that the kernel sends there, in bytes; nil: the interface's.
  public var mtu: UInt32?

  public init(
    interface: String, gateway: IPAddress? = nil, source: IPAddress? = nil, isLocal: Bool = false, mtu: UInt32? = nil
  ) {
    self.interface = interface
    self.gateway = gateway
    self.source = source
    self.isLocal = isLocal
    self.mtu = mtu
  }
}

/// A route in a message of rtnetlink.
struct RouteMessage {
  var destinationLength: Int
  var type: UInt8
  var table: UInt32
  var isCached: Bool
  /// The index of the interface; of several next hops, the first one's.
  var interfaceIndex: UInt32?
  var gateway: IPAddress?
  var source: IPAddress?
  var mtu: UInt32?
  var priority: UInt32 = 0

  /// Reads the payload of `RTM_NEWROUTE`: `struct rtmsg` and attributes.
  init(_ payload: RawSpan) throws(NetlinkError) {
    destinationLength = Int(try payload.integer(UInt8.self, at: 1))
    table = UInt32(try payload.integer(UInt8.self, at: 4))
    type = try payload.integer(at: 7)
    // RTM_F_CLONED
    isCached = try payload.integer(UInt32.self, at: 8) & 0x200 != 0
    var interface: UInt32?
    var hop: UInt32?
    var mtu: UInt32?
    var found: (gateway: IPAddress?, source: IPAddress?, priority: UInt32, table: UInt32) = (nil, nil, 0, table)
    try payload.forEachAttribute(from: 12) { type, value throws(NetlinkError) in
      switch type {
      case RouteNetlink.RouteAttribute.outputInterface: interface = try value.integer()
      case RouteNetlink.RouteAttribute.gateway: found.gateway = IPAddress(bytes: value.byteArray())
      case RouteNetlink.RouteAttribute.preferredSource: found.source = IPAddress(bytes: value.byteArray())
      case RouteNetlink.RouteAttribute.priority: found.priority = try value.integer()
      case RouteNetlink.RouteAttribute.table: found.table = try value.integer()
      case RouteNetlink.RouteAttribute.metrics:
        try value.forEachAttribute { metric, value throws(NetlinkError) in
          if metric == RouteNetlink.mtuMetric { mtu = try value.integer() }
        }
      // struct rtnexthop: the index is behind length, flags and hops.
      case RouteNetlink.RouteAttribute.multipath: hop = try value.integer(at: 4)
      default: break
      }
    }
    interfaceIndex = interface ?? hop
    self.mtu = mtu.flatMap { $0 == 0 ? nil : $0 }
    (gateway, source, priority, table) = found
  }

  /// Whether it leads everything that no other route of the main table does to an interface.
  var isDefault: Bool {
    destinationLength == 0 && type == RouteNetlink.unicast && table == RouteNetlink.mainTable && !isCached
  }
}
