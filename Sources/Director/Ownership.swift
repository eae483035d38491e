public import IPVS
public import Interfaces
import LoadBalancing

/// What lbd has made in the kernel, or may have made when it was interrupted.
public struct Ownership: Hashable, Sendable {
  public var services: Set<IPVSService.Key> = []
  public var addresses: Set<InterfaceAddress> = []

  public init() {}
}

extension Ownership: Codable {
  private enum Key: String, CodingKey { case services, addresses }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    services = Set(try container.decode([Text<IPVSService.Key>].self, forKey: .services).map(\.value))
    addresses = Set(try container.decode([Text<InterfaceAddress>].self, forKey: .addresses).map(\.value))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(services.sorted().map(Text.init), forKey: .services)
    try container.encode(addresses.sorted().map(Text.init), forKey: .addresses)
  }
}

/// A value that is written as one readable word or line.
private struct Text<Value: TextRepresentable>: Codable {
  let value: Value

  init(_ value: Value) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Value(text: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' cannot be understood")
    }
    self.value = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value.text)
  }
}

private protocol TextRepresentable {
  var text: String { get }
  init?(text: String)
}

extension IPVSService.Key: TextRepresentable {
  /// `6 10.0.0.1 80` (protocol number, address, port) or `mark 4097 inet`.
  fileprivate var text: String {
    switch self {
    case .address(let address, let port, let transport): "\(transport) \(address) \(port)"
    case .firewallMark(let mark, let family): "mark \(mark) \(family.rawValue)"
    }
  }

  fileprivate init?(text: String) {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 3 else { return nil }
    if parts[0] == "mark" {
      guard let mark = UInt32(parts[1]), let family = AddressFamily(rawValue: parts[2]) else { return nil }
      self = .firewallMark(mark, family)
    } else {
      guard let transport = UInt8(parts[0]), let address = IPAddress(parts[1]), let port = UInt16(parts[2]) else {
        return nil
      }
      self = .address(address, port: port, protocol: transport)
    }
  }
}

extension InterfaceAddress: TextRepresentable {
  /// `10.0.0.1/32 eth0`
  fileprivate var text: String { "\(address)/\(prefixLength) \(interface)" }

  fileprivate init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    let ends = parts.first?.split(separator: "/").map(String.init) ?? []
    guard parts.count == 2, ends.count == 2, let address = IPAddress(ends[0]), let length = Int(ends[1]) else {
      return nil
    }
    self.init(address: address, prefixLength: length, interface: parts[1])
  }
}
