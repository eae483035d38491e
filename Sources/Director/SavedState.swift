public import LoadBalancing

/// What lbd remembers over restarts.
public struct SavedState: Hashable, Sendable, Codable {
  public static let currentVersion = 1

  public var version = SavedState.currentVersion
  /// The operator's word, by the labels of service and server; who is online has no entry.
  public var operatorStates: [String: [String: OperatorState]] = [:]
  /// The real servers that were down, by the labels of service and server; nil where nobody remembers.
  public internal(set) var down: [String: [String]]?
  /// What agents have said that keeps clients away, by the labels of service and server, in the order of the server's
  /// agents; what else they say is seen in the kernel's weights. nil in files of before.
  public internal(set) var agents: [String: [String: [AgentReport?]]]?
  public var owned = Ownership()
  public var marks = MarkAssignment()
  /// Sysctls as they were before lbd changed them, by name.
  public var originalSysctls: [String: String] = [:]
  /// The indexes of the interfaces that ``owned`` and ``originalSysctls`` name: a name may be changed while lbd is not
  /// there to see it.
  public internal(set) var interfaces: [String: UInt32]?
  /// IPVS's timeouts as they were, those that lbd changed.
  public var originalTimeouts: KernelTimeouts?
  /// Whether the operator took everything of lbd's out of the kernel.
  public var withdrawn = false
  /// The boot in which the state was written: what the kernel holds after another is not lbd's.
  public var bootID = ""

  public init() {}

  public subscript(name: ServerName) -> OperatorState {
    get { operatorStates[name.service]?[name.server] ?? .online }
    set {
      operatorStates[name.service, default: [:]][name.server] = newValue == .online ? nil : newValue
      if operatorStates[name.service]?.isEmpty == true { operatorStates[name.service] = nil }
    }
  }
}

extension SavedState {
  /// Whether another state knows all that lbd has made and changed in the kernel, and perhaps what it has taken out
  /// since.
  func isCovered(inKernelBy other: SavedState?) -> Bool {
    guard let other else { return false }
    return owned.services.isSubset(of: other.owned.services) && owned.addresses.isSubset(of: other.owned.addresses)
      && marks == other.marks && originalSysctls.allSatisfy { other.originalSysctls[$0.key] == $0.value }
      && interfaces == other.interfaces
  }
}

/// Where the saved state lives.
public protocol StateStore: Sendable {
  /// Returns when the state is safe on disk.
  ///
  /// - Throws: what the file system said.
  func save(_ state: SavedState) async throws
}

extension SavedState {
  /// Forgets what was in the kernel when the machine has been started anew since; the operator's word stays.
  public mutating func began(bootID current: String) {
    if bootID != current {
      owned = Ownership()
      originalSysctls = [:]
      originalTimeouts = nil
      interfaces = nil
    }
    bootID = current
  }
}
