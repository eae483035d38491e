import Glibc

/// An IPv4 or IPv6 address, without a scope, and a port, as sockets take it.
public struct SocketAddress: Hashable, Sendable {
  /// AF_INET or AF_INET6.
  public let family: Int32
  /// The address as a number in host order.
  private let value: UInt128
  public var port: UInt16

  public init(ipv4 value: UInt32, port: UInt16) {
    (family, self.value, self.port) = (AF_INET, UInt128(value), port)
  }

  public init(ipv6 value: UInt128, port: UInt16) {
    (family, self.value, self.port) = (AF_INET6, value, port)
  }

  /// Takes 4 or 16 bytes in network order; nil for any other count.
  public init?(_ addressBytes: [UInt8], port: UInt16) {
    guard addressBytes.count == 4 || addressBytes.count == 16 else { return nil }
    let value = addressBytes.reduce(0) { $0 << 8 | UInt128($1) }
    if addressBytes.count == 4 {
      self.init(ipv4: UInt32(value), port: port)
    } else {
      self.init(ipv6: value, port: port)
    }
  }

  /// Lends the address as a C structure, sockaddr_in or sockaddr_in6.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(truncatingIfNeeded: value).bigEndian
      return unsafe lend(&address, body)
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    let bytes = value.bigEndian
    unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { target in
      unsafe withUnsafeBytes(of: bytes) { unsafe target.copyMemory(from: $0) }
    }
    return unsafe lend(&address, body)
  }

  private func lend<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `10.0.0.1:80` or `[2001:db8::1]:80`.
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let bytes = unsafe withUnsafeBytes(of: value.bigEndian) { unsafe Array($0.suffix(family == AF_INET ? 4 : 16)) }
    unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
    let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return family == AF_INET ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
