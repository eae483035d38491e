import CLinux
import Glibc

/// An IPv4 or IPv6 address: 4 or 16 bytes in network order.
struct Address: Hashable, CustomStringConvertible {
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ text: String) throws(PeerError) {
    var bytes = [UInt8](repeating: 0, count: 16)
    if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
      self.bytes = Array(bytes[..<4])
    } else if unsafe inet_pton(AF_INET6, text, &bytes) == 1 {
      self.bytes = bytes
    } else {
      throw PeerError("\(text) is no address")
    }
  }

  var family: Int32 { bytes.count == 4 ? AF_INET : AF_INET6 }

  /// The address after this one.
  var successor: Address {
    var next = bytes
    for index in next.indices.reversed() {
      next[index] &+= 1
      if next[index] != 0 { break }
    }
    return Address(bytes: next)
  }

  var description: String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard unsafe inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// An address and a port, as the kernel's `sockaddr`.
struct Endpoint: Hashable {
  let address: Address
  let port: UInt16

  init(_ address: Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads what the kernel wrote.
  init?(storage: sockaddr_storage, length: socklen_t) {
    var copy = storage
    let bytes = unsafe withUnsafeBytes(of: &copy) { unsafe Array($0.prefix(Int(length))) }
    guard bytes.count >= 8 else { return nil }
    port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    switch Int32(storage.ss_family) {
    case AF_INET: address = Address(bytes: Array(bytes[4..<8]))
    case AF_INET6 where bytes.count >= 24: address = Address(bytes: Array(bytes[8..<24]))
    default: return nil
    }
  }

  /// Calls `body` with the `sockaddr` and its length.
  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var raw = [UInt8](repeating: 0, count: address.bytes.count == 4 ? 16 : 28)
    let family = UInt16(address.family)
    raw[0] = UInt8(truncatingIfNeeded: family)
    raw[1] = UInt8(truncatingIfNeeded: family >> 8)
    raw[2] = UInt8(port >> 8)
    raw[3] = UInt8(truncatingIfNeeded: port)
    raw.replaceSubrange((address.bytes.count == 4 ? 4 : 8)..<(address.bytes.count == 4 ? 8 : 24), with: address.bytes)
    return unsafe raw.withUnsafeBytes { buffer in
      unsafe withUnsafeTemporaryAllocation(of: sockaddr_storage.self, capacity: 1) { storage in
        unsafe UnsafeMutableRawBufferPointer(storage).copyMemory(from: buffer)
        return unsafe storage.withMemoryRebound(to: sockaddr.self) {
          unsafe body(UnsafePointer($0.baseAddress.unsafelyUnwrapped), socklen_t(buffer.count))
        }
      }
    }
  }
}
