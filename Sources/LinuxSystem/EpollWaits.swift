/// Who waits, under which number and how long, and what there is to run; pure bookkeeping.
struct EpollWaits {
  /// nil for waits that have not begun.
  private var waiting = SlotMap<EpollLoop.Handler?>()
  /// Holds ended waits too, until their time comes or they are the most.
  private var deadlines = DeadlineQueue()
  /// For the loop's thread, in the order in which they came.
  private var jobs: [EpollLoop.Job] = []
  /// Until when the thread sleeps; nil while it is awake and will look at deadlines and jobs before it sleeps again.
  private var sleepsUntil: Duration?

  /// The number of a wait to come.
  mutating func newNumber() -> UInt64 { waiting.insert(nil) }

  /// Says whether the sleeping thread must be woken to see this deadline in time.
  mutating func begin(_ number: UInt64, until deadline: Duration, _ handler: @escaping EpollLoop.Handler) -> Bool {
    precondition(waiting[number] != nil, "a wait begins once")
    waiting.replace(number, by: handler)
    if deadlines.count > 2 * waiting.count + 64 { deadlines.keepOnly { waiting[$0.number] != nil } }
    deadlines.insert(number, at: deadline)
    guard let sleepsUntil, deadline < sleepsUntil else { return false }
    self.sleepsUntil = nil
    return true
  }

  /// The thread is awake.
  mutating func wake() { sleepsUntil = nil }

  /// nil when the wait has ended already, or not yet begun.
  mutating func end(_ number: UInt64) -> EpollLoop.Handler? {
    guard let handler = waiting[number] ?? nil else { return nil }
    waiting.remove(number)
    return handler
  }

  mutating func endExpired(at now: Duration) -> [EpollLoop.Handler] {
    var expired: [EpollLoop.Handler] = []
    while let first = deadlines.first, first.time <= now || waiting[first.number] == nil {
      _ = deadlines.removeFirst()
      if let handler = end(first.number) { expired.append(handler) }
    }
    return expired
  }

  /// Says whether the sleeping thread must be woken to run it.
  mutating func enqueue(_ job: EpollLoop.Job) -> Bool {
    jobs.append(job)
    defer { sleepsUntil = nil }
    return sleepsUntil != nil
  }

  /// Gives all jobs in place of an empty list.
  mutating func takeJobs(into list: inout [EpollLoop.Job]) { swap(&jobs, &list) }

  /// How long the thread may sleep; nil: until it is woken.
  mutating func sleep(from now: Duration) -> Duration? {
    guard jobs.isEmpty else { return .zero }
    guard let next = deadlines.first else {
      sleepsUntil = .seconds(Int64.max)
      return nil
    }
    sleepsUntil = next.time
    return next.time - now
  }
}
