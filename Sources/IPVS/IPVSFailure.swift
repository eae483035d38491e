import Glibc
import LoadBalancing
import Netlink

/// A change that the kernel refused.
public struct IPVSFailure: Error, Hashable, Sendable {
  /// What the errno means for this change.
  public enum Code: Hashable, Sendable {
    case serviceMissing
    case destinationMissing
    case alreadyExists
    /// The scheduler, or the persistence engine where the service has one, is not in the kernel.
    case schedulerMissing
    /// The weight is below 0, or the lower threshold above the upper.
    case outOfRange
    case invalid
    case notPermitted
    case other
  }

  public let change: IPVSChange
  /// The kernel's errno, positive.
  public let errno: Int32
  /// The kernel's own words, where it has some.
  public let detail: String?

  public init(change: IPVSChange, errno: Int32, detail: String? = nil) {
    self.change = change
    self.errno = errno
    self.detail = detail
  }

  /// Source: `ip_vs_genl_set_cmd` in `net/netfilter/ipvs/ip_vs_ctl.c`.
  public var code: Code {
    switch (errno, change) {
    case (ESRCH, _): .serviceMissing
    case (EEXIST, _): .alreadyExists
    case (ENOENT, .addService), (ENOENT, .editService): .schedulerMissing
    case (ENOENT, .editDestination), (ENOENT, .removeDestination): .destinationMissing
    case (ERANGE, _): .outOfRange
    case (EINVAL, _), (EAFNOSUPPORT, _): .invalid
    case (EPERM, _): .notPermitted
    default: .other
    }
  }
}

extension IPVSFailure: CustomStringConvertible {
  /// What was to be changed, why the kernel refused, how to mend it, and the raw errno.
  public var description: String {
    let words = detail.map { "; \($0)" } ?? ""
    return "cannot \(change): \(meaning) [\(KernelErrno.text(errno))\(words)]"
  }

  private var meaning: String {
    switch code {
    case .serviceMissing: "the kernel has no such service"
    case .destinationMissing: "the service has no such server"
    case .alreadyExists: "the kernel has it already"
    case .schedulerMissing: missingModule
    case .outOfRange: "the weight is below 0 or the lower threshold above the upper"
    case .invalid: invalidity
    case .notPermitted: "it needs the capability CAP_NET_ADMIN in the initial user namespace"
    case .other: "the kernel refused"
    }
  }

  private var missingModule: String {
    guard case .addService(let service) = change.asAddition else { return "a module is missing" }
    let scheduler = "the scheduler '\(service.scheduler)' is not in the kernel; `modprobe ip_vs_\(service.scheduler)`"
    guard let engine = service.persistenceEngine else { return scheduler + " tells why" }
    return scheduler + " or, for the persistence engine '\(engine)', `modprobe ip_vs_pe_\(engine)` tells why"
  }

  private var invalidity: String {
    switch change {
    case .addService, .editService:
      "the kernel finds the persistence netmask or the address family invalid"
    case .addDestination(let destination, let key), .editDestination(let destination, let key):
      if destination.key.address.family != key.family, destination.method != .tunnel {
        "a server of the other address family can only be reached through a tunnel"
      } else {
        "the server's address must be a unicast address, and a GUE tunnel needs a port"
      }
    case .removeService, .removeDestination: "the kernel finds the request invalid"
    }
  }
}

extension IPVSChange {
  /// An edited service taken as an added one: both name a scheduler.
  fileprivate var asAddition: IPVSChange {
    if case .editService(let service) = self { return .addService(service) }
    return self
  }
}
