/// A steady stream of new connections, each greeted and closed, beside some that are held and talk all the time.
///
/// Reported are every failure, every held connection that ended, and the state of things twice a second.
final class Stream {
  private let source: Address
  private let remote: Address
  private let ports: [UInt16]
  private let gap: UInt64
  private let held: Int
  private let interval: UInt64
  private let timeout: UInt64
  private let duration: UInt64
  private let loop: ConversationLoop
  private var conversations: [Int: Conversation] = [:]
  private var opened = 0
  private var failures = 0
  private var roundTrips = 0
  private var servers: [String: Int] = [:]
  private var heldServers: [Int: String] = [:]

  /// The slot whose timer opens new connections; held ones have those below it, new ones those above.
  private var opener: Int { held }

  init(_ arguments: Arguments) throws(PeerError) {
    source = try Address(arguments.text("from"))
    remote = try Address(arguments.text("to"))
    ports = try arguments.ports("ports")
    let rate = try arguments.integer("rate", default: 20)
    gap = rate == 0 ? 0 : 1_000_000_000 / UInt64(rate)
    held = try arguments.integer("held", default: 0)
    interval = max(1, try arguments.seconds("interval", default: 0.25))
    timeout = try arguments.seconds("timeout", default: 15)
    duration = try arguments.seconds("duration", default: 86400)
    loop = try ConversationLoop()
  }

  func run() throws(PeerError) {
    let start = now()
    for slot in 0..<held {
      open(slot)
      loop.schedule(slot, at: start + interval)
    }
    if gap > 0 { loop.schedule(opener, at: start) }
    try loop.run(
      until: start + duration, tick: 500_000_000, onTick: { report("progress") }, onTimer: attend,
      onOutcome: { (conversation, outcome) in
        switch outcome {
        case .nothing: break
        case .roundTrip(let greeting): answered(conversation, isGreeting: greeting != nil)
        case .ended(let ending): lose(conversation.slot, ending.rawValue)
        }
      })
    report("summary")
  }

  private func attend(_ slot: Int) {
    let time = now()
    if slot == opener {
      loop.schedule(opener, at: time + gap)
      // Slots of connections that are done are used again, so that the timers' table stays small.
      open(opener + 1 + opened % 4096)
      return
    }
    guard let conversation = conversations[slot] else { return }
    if slot < held { loop.schedule(slot, at: time + interval) }
    if conversation.isWaiting, time > conversation.sentAt + timeout {
      loop.end(conversation)
      lose(slot, Conversation.Ending.timeout.rawValue)
    } else if !conversation.isWaiting {
      conversation.sendLine()
    }
  }

  private func open(_ slot: Int) {
    if slot > opener {
      opened += 1
      loop.schedule(slot, at: now() + timeout + 1_000_000)
    }
    do throws(PeerError) {
      let remote = Endpoint(remote, ports[slot % ports.count])
      conversations[slot] = try loop.open(slot: slot, from: source, to: remote)
    } catch {
      lose(slot, error.description)
    }
  }

  private func answered(_ conversation: Conversation, isGreeting: Bool) {
    let server = conversation.server ?? ""
    if conversation.slot < held {
      if isGreeting { heldServers[conversation.slot] = server } else { roundTrips += 1 }
    } else {
      servers[server, default: 0] += 1
      conversations[conversation.slot] = nil
      loop.end(conversation)
    }
  }

  private func lose(_ slot: Int, _ how: String) {
    conversations[slot] = nil
    var line = JSONLine(slot < held ? "ended" : "failure")
    line.add("how", how)
    if slot < held {
      line.add("server", heldServers.removeValue(forKey: slot) ?? "")
    } else {
      failures += 1
      if failures > 50 { return }
    }
    line.print()
  }

  private func report(_ event: String) {
    var line = JSONLine(event)
    line.add("opened", opened)
    line.add("greeted", servers)
    line.add("failures", failures)
    line.add("held", heldServers.values.reduce(into: [:]) { $0[$1, default: 0] += 1 })
    line.add("roundTrips", roundTrips)
    line.print()
  }
}
