import Glibc

/// An IPv4 or IPv6 address and a port, as sockets take it.
public struct SocketAddress: Hashable, Sendable {
  /// In network order: 4 or 16.
  public let addressBytes: [UInt8]
  public let port: UInt16
  /// The interface's index for an IPv6 link-local address, otherwise 0.
  public let scope: UInt32

  /// Takes 4 or 16 bytes in network order; nil for any other count.
  public init?(_ addressBytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
    guard addressBytes.count == 4 || addressBytes.count == 16 else { return nil }
    self.addressBytes = addressBytes
    self.port = port
    self.scope = scope
  }

  /// AF_INET or AF_INET6.
  public var family: Int32 { addressBytes.count == 4 ? AF_INET : AF_INET6 }

  /// Lends the address as a C structure, sockaddr_in or sockaddr_in6.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    if addressBytes.count == 4 {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: addressBytes) }
      return unsafe lend(&address, body)
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    address.sin6_scope_id = scope
    unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: addressBytes) }
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
    unsafe inet_ntop(family, addressBytes, &text, socklen_t(text.count))
    let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return family == AF_INET ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
