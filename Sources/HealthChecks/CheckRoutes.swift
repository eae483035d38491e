public import LoadBalancing
import Synchronization

/// The ways over which checks can be made through virtual addresses, as they are prepared in the kernel.
public final class CheckRoutes: Sendable {
  public struct Route: Hashable, Sendable {
    /// Leads packets to the entry in the kernel's table that has the one server.
    public let mark: UInt32
    /// The load balancer's own address on the server's side, in network order.
    public let source: [UInt8]

    public init(mark: UInt32, source: [UInt8]) {
      self.mark = mark
      self.source = source
    }
  }

  public enum State: Hashable, Sendable {
    case ready(Route)
    /// Why there is none, in an operator's words.
    case missing(String)
  }

  private let states = Mutex<[CheckRelay: State]>([:])

  public init() {}

  public var current: [CheckRelay: State] { states.withLock { $0 } }

  public func replace(with new: [CheckRelay: State]) { states.withLock { $0 = new } }

  func state(of relay: CheckRelay) -> State {
    states.withLock { $0[relay] } ?? .missing("the way to the server through the virtual address is not prepared yet")
  }
}
