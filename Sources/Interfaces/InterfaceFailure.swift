import LoadBalancing
import Netlink

/// A change that the kernel refused.
public struct InterfaceFailure: Error, Hashable, Sendable {
  public let change: InterfaceChange
  /// The kernel's errno, positive.
  public let errno: Int32
  /// The kernel's own words, where it has some.
  public let detail: String?

  public init(_ change: InterfaceChange, errno: Int32, detail: String? = nil) {
    self.change = change
    self.errno = errno
    self.detail = detail
  }
}

extension InterfaceFailure: CustomStringConvertible {
  /// What could not be done, why, and what mends it.
  public var description: String {
    let words = [meaning, detail.map { "[\($0)]" }].compactMap { $0 }.joined(separator: " ")
    return "cannot \(change): \(KernelErrno.text(errno))" + (words.isEmpty ? "" : "; \(words)")
  }

  private var meaning: String? {
    let interface = change.place.interface
    return switch errno {
    case RouteErrno.notPermitted: "it needs the capability CAP_NET_ADMIN"
    case RouteErrno.noSuchDevice: "there is no interface \(interface); `ip link` lists those that are there"
    case RouteErrno.permissionDenied where change.place.address.family == .inet6:
      "IPv6 is off on \(interface); turn it on with `sysctl -w net.ipv6.conf.\(interface).disable_ipv6=0`"
    case RouteErrno.noBufferSpace: "the kernel has no room for more addresses on \(interface)"
    default: nil
    }
  }
}

/// The error numbers that rtnetlink answers with (`asm-generic/errno.h`).
enum RouteErrno {
  static let notPermitted: Int32 = 1
  static let notFound: Int32 = 2
  static let noSuchProcess: Int32 = 3
  static let permissionDenied: Int32 = 13
  static let exists: Int32 = 17
  static let noSuchDevice: Int32 = 19
  static let invalidArgument: Int32 = 22
  static let outOfRange: Int32 = 34
  static let notSupported: Int32 = 95
  static let familyNotSupported: Int32 = 97
  static let addressNotAvailable: Int32 = 99
  static let networkUnreachable: Int32 = 101
  static let noBufferSpace: Int32 = 105
  static let hostUnreachable: Int32 = 113

  /// Whether a kernel says so that was started without IPv6 (`ipv6.disable=1`), asked for its rules or routes.
  static func lacksFamily(_ errno: Int32) -> Bool { errno == familyNotSupported || errno == notSupported }
}
