/// The protocols of a virtual service.
public enum TransportProtocol: String, Hashable, Sendable, CaseIterable, Codable {
  case tcp
  case udp
  case tcpAndUDP = "tcp+udp"
  case sctp

  /// The protocol numbers of the IP header (IANA): TCP 6, UDP 17, SCTP 132.
  public var numbers: [UInt8] {
    switch self {
    case .tcp: [6]
    case .udp: [17]
    case .tcpAndUDP: [6, 17]
    case .sctp: [132]
    }
  }
}
