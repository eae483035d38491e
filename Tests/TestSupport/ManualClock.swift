import Synchronization

/// A clock that stands still until a test advances it.
public final class ManualClock: Clock, Sendable {
  public struct Instant: InstantProtocol, Hashable, Sendable {
    public var offset: Duration

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    let deadline: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var lastNumber = 0
    var sleepers: [Int: Sleeper] = [:]
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    mutating func satisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
      let satisfied = watchers.filter { $0.count <= sleepers.count }
      watchers.removeAll { $0.count <= sleepers.count }
      return satisfied.map(\.continuation)
    }
  }

  private let state = Mutex(State())

  public init() {}

  public var now: Instant { state.withLock { $0.now } }
  public var minimumResolution: Duration { .zero }
  /// How many tasks sleep.
  public var sleepers: Int { state.withLock { $0.sleepers.count } }
  /// When the first of the sleepers wakes, counted from the clock's start.
  public var nextWake: Duration? { state.withLock { $0.sleepers.values.map(\.deadline.offset).min() } }

  /// Moves the time on and wakes who slept until then, the earliest first.
  public func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for number in due.keys { state.sleepers[number] = nil }
      return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Returns once at least this many tasks sleep.
  public func waitForSleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let satisfied = state.withLock { state in
        state.watchers.append((count, continuation))
        return state.satisfiedWatchers()
      }
      for continuation in satisfied { continuation.resume() }
    }
  }

  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        begin(Sleeper(deadline: deadline, continuation: continuation), number)
        if Task.isCancelled { cancel(number) }
      }
    } onCancel: {
      cancel(number)
    }
  }

  private func begin(_ sleeper: Sleeper, _ number: Int) {
    let resumed: [CheckedContinuation<Void, Never>]? = state.withLock { state in
      guard sleeper.deadline > state.now else { return nil }
      state.sleepers[number] = sleeper
      return state.satisfiedWatchers()
    }
    if let resumed {
      for continuation in resumed { continuation.resume() }
    } else {
      sleeper.continuation.resume()
    }
  }

  private func cancel(_ number: Int) {
    state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
  }
}
