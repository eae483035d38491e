import CLibPcap

/// Why frames could not be sent or received on an interface.
public struct PacketSocketError: Error, Hashable, Sendable {
  /// What mends it.
  public enum Remedy: Hashable, Sendable {
    case capability
    case interfaceUp
    case interfaceName
  }

  public let interface: String
  /// What was tried, as a verb: "open", "send on".
  public let action: String
  /// libpcap's own words.
  public let cause: String
  public let remedy: Remedy?

  init(_ interface: String, _ action: String, _ cause: String, remedy: Remedy? = nil) {
    self.interface = interface
    self.action = action
    self.cause = cause
    self.remedy = remedy
  }
}

extension PacketSocketError.Remedy {
  /// From a status of `pcap_activate`.
  init?(status: Int32) {
    switch status {
    case PCAP_ERROR_PERM_DENIED: self = .capability
    case PCAP_ERROR_IFACE_NOT_UP: self = .interfaceUp
    case PCAP_ERROR_NO_SUCH_DEVICE: self = .interfaceName
    default: return nil
    }
  }
}

extension PacketSocketError: CustomStringConvertible {
  /// `cannot open eth0: …; it needs the capability CAP_NET_RAW`
  public var description: String {
    let words = "cannot \(action) \(interface): \(cause)"
    return switch remedy {
    case .capability: "\(words); it needs the capability CAP_NET_RAW"
    case .interfaceUp: "\(words); bring it up with `ip link set \(interface) up`"
    case .interfaceName: "\(words); `ip link` lists the interfaces"
    case nil: words
    }
  }
}
