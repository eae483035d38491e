public import Netlink

/// Why the table `inet lbd` could not be read or changed. What fails changes nothing.
public enum PacketMarkError: Error, Hashable, Sendable {
  /// The kernel refused changes, and with them all others of the same transaction.
  case refused([PacketMarkFailure])
  /// The table is not there, or not as lbd makes it: make it anew, with all that it is to hold.
  case tableMissing
  case exchange(NetlinkError)

  /// How the message of an exchange that nf_tables cannot have begins: the kernel has no nf_tables, or forbids it.
  private static let remedies: [Int32: String] = [
    NFTablesErrno.notSupported: "the kernel has no nf_tables; load it with `modprobe nf_tables`",
    NFTablesErrno.invalid: "the kernel has no nf_tables; load it with `modprobe nf_tables`",
  ]
}

extension PacketMarkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let failures):
      return failures.prefix(5).map(\.description).joined(separator: "; ")
        + (failures.count > 5 ? "; and \(failures.count - 5) more" : "")
    case .tableMissing:
      return "the nftables table inet \(TableLayout.name) is missing or was changed by somebody else"
    case .exchange(let error):
      guard let errno = error.errno, let remedy = PacketMarkError.remedies[errno] else { return error.description }
      return "\(error.description); \(remedy)"
    }
  }
}

/// A change that the kernel refused.
public struct PacketMarkFailure: Hashable, Sendable {
  /// nil: a part of the table itself, named by ``subject``.
  public let change: PacketMarkChange?
  /// What was to be done, as a phrase: `mark 10.10.90.199 tcp 104 with 4097`.
  public let subject: String
  /// The kernel's errno, positive.
  public let errno: Int32
  /// The kernel's own words, where it has some.
  public let detail: String?

  init(_ step: MarkStep, errno: Int32, detail: String?) {
    change = step.change
    self.errno = errno
    self.detail = detail
    subject = step.change.map(\.description) ?? step.action.description
    meaning = PacketMarkFailure.meaning(of: errno, isElement: step.change != nil, removes: step.action.removes)
  }

  private let meaning: String?
}

extension PacketMarkFailure: CustomStringConvertible {
  public var description: String {
    let words = [meaning, detail.map { "[\($0)]" }].compactMap { $0 }.joined(separator: " ")
    return "cannot \(subject): \(KernelErrno.text(errno))" + (words.isEmpty ? "" : ": \(words)")
  }

  private static func meaning(of errno: Int32, isElement: Bool, removes: Bool) -> String? {
    switch (errno, isElement) {
    case (NFTablesErrno.notFound, _) where removes: "it is not there"
    case (NFTablesErrno.exists, true): "it is there with another value, or overlaps with what is there"
    case (NFTablesErrno.busy, true): "it is there with another value"
    case (NFTablesErrno.notFound, true): "the table inet \(TableLayout.name) is not there"
    case (NFTablesErrno.notFound, false), (NFTablesErrno.notSupported, false):
      "the kernel lacks a part of nf_tables; load nf_tables, nft_chain_nat, nft_masq and nft_fib_inet with modprobe"
    case (NFTablesErrno.notPermitted, _): "it needs the capability CAP_NET_ADMIN"
    default: nil
    }
  }
}

/// The error numbers that nf_tables answers with (`asm-generic/errno.h`).
enum NFTablesErrno {
  static let notPermitted: Int32 = 1
  static let notFound: Int32 = 2
  static let busy: Int32 = 16
  static let exists: Int32 = 17
  static let invalid: Int32 = 22
  static let notSupported: Int32 = 95
}

extension MarkStep.Action {
  fileprivate var removes: Bool {
    switch self {
    case .dropTable, .dropChain, .dropRules, .removeElement: true
    case .makeTable, .makeSet, .makeChain, .makeRule, .addElement: false
    }
  }
}

extension MarkStep.Action: CustomStringConvertible {
  var description: String {
    let table = "inet \(TableLayout.name)"
    return switch self {
    case .makeTable: "make the nftables table \(table)"
    case .dropTable: "remove the nftables table \(table)"
    case .makeSet(let set): "make the set \(set.name) of \(table)"
    case .makeChain(let chain): "make the chain \(chain.rawValue) of \(table)"
    case .dropChain(let chain): "remove the chain \(chain.rawValue) of \(table)"
    case .dropRules(let chain): "remove the rules of the chain \(chain.rawValue) of \(table)"
    case .makeRule(let chain, let rule): "make the rule \(rule) of the chain \(chain.rawValue) of \(table)"
    case .addElement(let element): "add to the set \(element.set.name) of \(table)"
    case .removeElement(let element): "remove from the set \(element.set.name) of \(table)"
    }
  }
}
