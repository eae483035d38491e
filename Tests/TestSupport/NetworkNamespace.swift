import Dispatch
import Foundation
import Glibc

/// A network namespace of its own for a test against this machine's kernel.
public enum NetworkNamespace {
  /// Whether this process may make one: root, and no container that forbids it.
  public static let isAvailable = geteuid() == 0 && canEnter()

  /// Runs the body on a thread in a fresh, empty namespace, which goes with the thread.
  public static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            try enter()
            return try body()
          })
      }
    }
  }

  /// Moves the calling thread into a fresh namespace: unshare(2) with CLONE_NEWNET, which Glibc's module leaves out.
  public static func enter() throws {
    typealias Unshare = @convention(c) (Int32) -> Int32
    guard let symbol = unsafe dlsym(nil, "unshare") else { throw POSIXError(.ENOSYS) }
    guard unsafe unsafeBitCast(symbol, to: Unshare.self)(0x4000_0000) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
    }
  }

  private static func canEnter() -> Bool {
    let result = Box()
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      result.value = (try? enter()) != nil
      finished.signal()
    }
    finished.wait()
    return result.value
  }

  private final class Box: @unchecked Sendable { var value = false }
}
