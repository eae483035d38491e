import CLinux
import Glibc

/// Runs many conversations on one thread: their sockets, a timer for each slot, a tick for reports, and the signal to stop.
final class ConversationLoop {
  private let loop: EventLoop
  private let stopSignals: Int32
  private var byDescriptor: [Conversation?] = []
  private var timers = TimerWheel()
  private var isStopped = false

  init() throws(PeerError) {
    loop = try EventLoop()
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigprocmask(SIG_BLOCK, &signals, nil)
    stopSignals = unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC))
    guard stopSignals >= 0 else { throw PeerError("signalfd: \(errorText(errno))") }
    try loop.watch(stopSignals)
  }

  func open(
    slot: Int, from local: Address, to remote: Endpoint, over transport: Transport = .tcp
  ) throws(PeerError) -> Conversation {
    let conversation = try Conversation(slot: slot, from: local, to: remote, over: transport, loop: loop)
    while byDescriptor.count <= Int(conversation.descriptor) { byDescriptor.append(nil) }
    byDescriptor[Int(conversation.descriptor)] = conversation
    return conversation
  }

  func end(_ conversation: Conversation) {
    byDescriptor[Int(conversation.descriptor)] = nil
    conversation.end()
  }

  /// The slot's next timer, in place of the one it has.
  func schedule(_ slot: Int, at time: UInt64) { timers.schedule(slot, at: time) }

  func stop() { isStopped = true }

  /// Runs until `stop`, a signal, or `end` (monotonic nanoseconds).
  func run(
    until end: UInt64, tick interval: UInt64, onTick: () -> Void, onTimer: (Int) throws(PeerError) -> Void,
    onOutcome: (Conversation, Conversation.Outcome) throws(PeerError) -> Void
  ) throws(PeerError) {
    var nextTick = now() + interval
    while !isStopped {
      try loop.wait(milliseconds: 10) { (event) throws(PeerError) in
        if event.descriptor == stopSignals { return stop() }
        guard let conversation = byDescriptor[Int(event.descriptor)] else { return }
        errno = 0
        let outcome = try conversation.receive(event, loop)
        if case .ended = outcome { self.end(conversation) }
        try onOutcome(conversation, outcome)
      }
      let time = now()
      for slot in timers.due(at: time) { try onTimer(slot) }
      if time >= nextTick {
        onTick()
        nextTick = time + interval
      }
      if time >= end { stop() }
    }
  }
}

/// One deadline for each slot, in buckets of 16 ms, so that thousands cost nothing until they are due.
struct TimerWheel {
  private static let bucketNanoseconds: UInt64 = 16_000_000
  private var buckets = [[Int]](repeating: [], count: 4096)
  private var deadlines: [UInt64] = []
  private var position = now() / TimerWheel.bucketNanoseconds

  mutating func schedule(_ slot: Int, at time: UInt64) {
    while deadlines.count <= slot { deadlines.append(.max) }
    deadlines[slot] = time
    put(slot, time)
  }

  private mutating func put(_ slot: Int, _ time: UInt64) {
    let bucket = min(max(time / TimerWheel.bucketNanoseconds, position), position + UInt64(buckets.count) - 1)
    buckets[Int(bucket % UInt64(buckets.count))].append(slot)
  }

  /// The slots whose time has come; each is reported once.
  mutating func due(at time: UInt64) -> [Int] {
    var due: [Int] = []
    let present = time / TimerWheel.bucketNanoseconds
    while position < present {
      let index = Int(position % UInt64(buckets.count))
      let slots = buckets[index]
      buckets[index] = []
      position += 1
      for slot in slots where deadlines[slot] != .max {
        if deadlines[slot] / TimerWheel.bucketNanoseconds < position {
          deadlines[slot] = .max
          due.append(slot)
        } else {
          put(slot, deadlines[slot])
        }
      }
    }
    return due
  }
}
