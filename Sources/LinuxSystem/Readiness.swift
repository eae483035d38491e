/// What a descriptor may be waited for.
///
/// An error or a hang-up ends any wait: the next call on the descriptor tells which.
public struct Readiness: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// EPOLLIN in sys/epoll.h: a read, an accept or a receive will not block.
  public static let readable = Readiness(rawValue: 0x001)
  /// EPOLLOUT in sys/epoll.h: a write will not block, a connection attempt has ended.
  public static let writable = Readiness(rawValue: 0x004)
}

/// Why a wait ended without readiness.
public enum WaitError: Error, Hashable, Sendable {
  case deadlinePassed
  /// The task was cancelled.
  case cancelled
  case failed(SystemError)
}

extension WaitError {
  /// Gives a failed system call of the body as ``failed(_:)``.
  public static func failing<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
  ) throws(WaitError) -> Result {
    do {
      return try body()
    } catch {
      throw .failed(error)
    }
  }
}

extension WaitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .deadlinePassed: "no answer in time"
    case .cancelled: "cancelled"
    case .failed(let error): error.description
    }
  }
}
