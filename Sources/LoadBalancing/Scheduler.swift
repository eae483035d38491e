/// The kernel's schedulers; the raw value is the name that IPVS uses, its module is `ip_vs_` and that name.
public enum Scheduler: String, Hashable, Sendable, CaseIterable, Codable {
  case rr, wrr, lc, wlc, lblc, lblcr, sh, dh, sed, nq, fo, ovf, mh

  /// Whether the scheduler knows ``SchedulerFlags``.
  public var takesFlags: Bool { self == .sh || self == .mh }
}

/// Flags of the schedulers `sh` and `mh`.
public struct SchedulerFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Another server when the chosen one is not available.
  public static let fallback = SchedulerFlags(rawValue: 1)
  /// The source port counts too.
  public static let port = SchedulerFlags(rawValue: 2)

  /// The words of the configuration, in their order there.
  public static let vocabulary: [(word: String, flag: SchedulerFlags)] = [("fallback", .fallback), ("port", .port)]
}
