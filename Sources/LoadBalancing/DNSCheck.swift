/// The kind `dns`: a question and what one of its answers must be.
public struct DNSCheck: Hashable, Sendable {
  /// The types of records that can be asked for, with their numbers (IANA, "Domain Name System Parameters").
  public enum Record: String, Hashable, Sendable, CaseIterable, Codable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case ns = "NS"
    case ptr = "PTR"
    case soa = "SOA"
    case srv = "SRV"
    case txt = "TXT"

    public var number: UInt16 {
      switch self {
      case .a: 1
      case .ns: 2
      case .cname: 5
      case .soa: 6
      case .ptr: 12
      case .mx: 15
      case .txt: 16
      case .aaaa: 28
      case .srv: 33
      }
    }
  }

  public enum Transport: String, Hashable, Sendable, CaseIterable, Codable {
    case udp
    case tcp
  }

  /// `.` is the root.
  public var name: String
  public var record: Record
  /// An answer's data in the usual text form; nil: any answer passes.
  public var expected: String?
  public var transport: Transport

  public init(name: String, record: Record = .a, expected: String? = nil, transport: Transport = .udp) {
    self.name = name
    self.record = record
    self.expected = expected
    self.transport = transport
  }
}
