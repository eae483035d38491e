/// Why an exchange with the kernel over netlink failed.
public struct NetlinkError: Error, Hashable, Sendable {
  public enum Code: Hashable, Sendable {
    /// The kernel refused; its errno, positive.
    case kernel(Int32)
    /// A call on the socket failed; its errno.
    case system(Int32)
    /// Nothing came within the time limit: it is not known whether the kernel did what it was asked.
    case timedOut
    /// The socket's receive buffer overflowed (ENOBUFS): the kernel did what it was asked, the answers are gone.
    case repliesLost
    /// What was listed changed while it was listed (`NLM_F_DUMP_INTR`).
    case dumpInterrupted
    /// The kernel has no generic netlink family of this name.
    case familyNotFound(String)
    /// The answer is no well-formed netlink message.
    case malformedReply
    /// An attribute or message is longer than its length field can say, or than the socket takes.
    case messageTooLarge
  }

  public let code: Code
  /// What was being done, as a phrase: "read the IPVS services".
  public let operation: String
  /// The kernel's own words (extended acknowledgement), or what is wrong with a reply.
  public let detail: String?

  public init(_ code: Code, _ operation: String, detail: String? = nil) {
    self.code = code
    self.operation = operation
    self.detail = detail
  }

  /// The raw errno, of the kernel's answer or of the system call.
  public var errno: Int32? {
    switch code {
    case .kernel(let errno), .system(let errno): errno
    default: nil
    }
  }

  func during(_ operation: String) -> NetlinkError {
    NetlinkError(code, operation, detail: detail)
  }

  static func malformed(_ detail: String) -> NetlinkError {
    NetlinkError(.malformedReply, "read a netlink message", detail: detail)
  }
}

extension NetlinkError: CustomStringConvertible {
  /// What was being done, what went wrong, and how to mend it.
  public var description: String {
    let cause = "cannot \(operation): \(meaning)"
    return detail.map { "\(cause) [\($0)]" } ?? cause
  }

  private var meaning: String {
    switch code {
    case .kernel(KernelErrno.notPermitted):
      KernelErrno.text(KernelErrno.notPermitted)
        + "; it needs the capability CAP_NET_ADMIN, for IPVS in the initial user namespace"
    case .kernel(let errno), .system(let errno):
      KernelErrno.text(errno)
    case .timedOut:
      "the kernel did not answer in time; what it holds must be read again"
    case .repliesLost:
      "the kernel's answers did not fit the socket's receive buffer (ENOBUFS); what it holds must be read again"
    case .dumpInterrupted:
      "it changed while it was read; read it again"
    case .familyNotFound("IPVS"):
      "IPVS is not in the kernel; load it with `modprobe ip_vs`, or install a kernel that has it"
    case .familyNotFound(let name):
      "the kernel has no generic netlink family '\(name)'; is its module loaded?"
    case .malformedReply:
      "the kernel's answer is malformed"
    case .messageTooLarge:
      "the message is too large for netlink"
    }
  }
}
