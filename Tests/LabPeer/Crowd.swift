/// Many clients, each with two connections that it keeps up: one on a port of `--ports`, one on a port of `--also`.
///
/// Every connection sends a line each interval and is opened again when it ends, never more at a time than a slow lab can
/// answer. Reported are each server that takes over and the state of things once a second.
final class Crowd {
  private let clients: [Address]
  private let remote: Address
  private let ports: [[UInt16]]
  private let interval: UInt64
  private let timeout: UInt64
  private let duration: UInt64
  private let loop: ConversationLoop
  private var conversations: [Conversation?]
  private var sequence = ServerSequence()
  /// Connections that wait for an answer.
  private var waiting: Set<Int> = []
  private let waitingMax = 256
  private var roundTrips = 0
  private var endings: [String: Int] = [:]

  init(_ arguments: Arguments) throws(PeerError) {
    clients = try arguments.addressRange("from")
    remote = try Address(arguments.text("to"))
    let first = try arguments.ports("ports")
    ports = [first, try arguments.ports("also")]
    interval = max(1, try arguments.seconds("interval", default: 5))
    timeout = try arguments.seconds("timeout", default: 15)
    duration = try arguments.seconds("duration", default: 86400)
    loop = try ConversationLoop()
    conversations = Array(repeating: nil, count: clients.count * 2)
  }

  func run() throws(PeerError) {
    let start = now()
    // Spread evenly over an interval, so that the lines stay spread.
    for slot in conversations.indices {
      loop.schedule(slot, at: start + UInt64(slot) * interval / UInt64(conversations.count))
    }
    try loop.run(
      until: start + duration, tick: 1_000_000_000, onTick: { report("progress") }, onTimer: attend,
      onOutcome: { (conversation, outcome) in
        switch outcome {
        case .nothing: break
        case .roundTrip: judge(conversation)
        case .ended(let ending): lose(conversation.slot, ending.rawValue)
        }
      })
    report("summary")
  }

  private func attend(_ slot: Int) {
    let time = now()
    loop.schedule(slot, at: time + interval)
    guard waiting.contains(slot) || waiting.count < waitingMax else {
      return loop.schedule(slot, at: time + 200_000_000 + UInt64(slot % 32) * 16_000_000)
    }
    guard let conversation = conversations[slot] else { return open(slot) }
    if !conversation.isWaiting {
      waiting.insert(slot)
      conversation.sendLine()
    } else if time > conversation.sentAt + timeout {
      loop.end(conversation)
      lose(slot, Conversation.Ending.timeout.rawValue)
    }
  }

  private func open(_ slot: Int) {
    waiting.insert(slot)
    let choice = ports[slot % 2]
    let port = choice[slot / 2 * 5 % choice.count]
    do throws(PeerError) {
      conversations[slot] = try loop.open(slot: slot, from: clients[slot / 2], to: Endpoint(remote, port))
    } catch {
      lose(slot, "unreachable")
    }
  }

  private func lose(_ slot: Int, _ how: String) {
    conversations[slot] = nil
    waiting.remove(slot)
    endings[how, default: 0] += 1
    loop.schedule(slot, at: now() + 250_000_000 + UInt64(slot % 16) * 16_000_000)
  }

  private func judge(_ conversation: Conversation) {
    waiting.remove(conversation.slot)
    guard let server = conversation.server else { return }
    roundTrips += 1
    guard sequence.beginsBlock(server, sentAt: conversation.sentAt, receivedAt: now()) else { return }
    var line = JSONLine("switched")
    line.add("server", server)
    line.add("client", clients[conversation.slot / 2].description)
    line.add("port", Int(conversation.remote.port))
    line.print()
  }

  /// `live`: connections of each server whose newest answer is to a line sent after the newest server took over.
  private func report(_ event: String) {
    var live: [String: Int] = [:]
    var connected = 0
    for conversation in conversations {
      guard let conversation, let server = conversation.server else { continue }
      connected += 1
      if conversation.answeredSentAt > sequence.since { live[server, default: 0] += 1 }
    }
    var line = JSONLine(event)
    line.add("connected", connected)
    line.add("live", live)
    line.add("roundTrips", roundTrips)
    line.add("endings", endings)
    line.print()
  }
}
