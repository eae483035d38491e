/// The monotonic clock, whose sleepers a loop wakes.
public struct LoopClock: Clock {
  private let loop: EpollLoop

  public init(_ loop: EpollLoop) { self.loop = loop }

  public var now: ContinuousClock.Instant { .now }

  /// That of epoll_wait(2).
  public var minimumResolution: Duration { .milliseconds(1) }

  public func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await loop.sleep(until: deadline)
  }
}
