public import Interfaces
public import LoadBalancing
public import PacketMarks

/// The kernel as the Director sees it.
public protocol Kernel: Sendable {
  /// The processor time that looks and changes have used so far.
  var processorTime: Duration { get }

  /// Looks at everything that lbd may have made.
  ///
  /// - Parameters:
  ///   - sysctls: the names whose values are wanted.
  ///   - counting: whether connection counts are wanted.
  /// - Throws: ``KernelError``.
  func observe(sysctls: Set<String>, counting: Bool) async throws(KernelError) -> ObservedState

  /// Looks at links and addresses alone.
  ///
  /// - Throws: ``KernelError``.
  func interfaces() async throws(KernelError) -> InterfaceSnapshot

  /// Looks at the table `inet lbd` alone; nil when it is not there.
  ///
  /// - Throws: ``KernelError``.
  func packetMarks() async throws(KernelError) -> PacketMarkState?

  /// Returns once somebody, lbd included, may have changed links or addresses, or when the task is cancelled.
  ///
  /// - Throws: ``KernelError`` when nothing is told; the next call tries anew.
  func nextInterfaceChange() async throws(KernelError)

  /// Returns once somebody else may have changed the table `inet lbd`, or when the task is cancelled.
  ///
  /// - Throws: ``KernelError`` when nothing is told; the next call tries anew.
  func nextPacketMarkChange() async throws(KernelError)

  /// Makes the changes in their order; goes on after one that the kernel refuses.
  ///
  /// - Returns: what was refused. After a thrown error it is not known which changes were made: look again.
  func apply(_ changes: [KernelChange]) async throws(KernelError) -> [KernelFailure]

  /// The connections and counters of the IPVS table.
  func counters() async throws(KernelError) -> IPVSCounterTable

  /// The ways that the kernel takes to these addresses; none where there is no route.
  func routes(to addresses: Set<IPAddress>) async throws(KernelError) -> [IPAddress: Route]

  /// Tells the neighbours where addresses are now.
  ///
  /// - Returns: what could not be told.
  func announce(_ places: [InterfaceAddress]) async throws(KernelError) -> [KernelFailure]
}

/// An exchange with the kernel that failed as a whole.
public struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// IPVS, nf_tables or a module is not there.
    case missing
    case noPermission
    /// The kernel did not answer, or answers were lost.
    case interrupted
  }

  public let code: Code
  /// What failed, with the raw cause and the remedy.
  public let description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

/// A change that the kernel refused.
public struct KernelFailure: Hashable, Sendable, CustomStringConvertible {
  public let change: KernelChange?
  /// What failed, with the raw cause and the remedy.
  public let description: String

  public init(_ change: KernelChange?, _ description: String) {
    self.change = change
    self.description = description
  }
}
