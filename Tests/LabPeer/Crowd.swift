/// Many clients, each with two connections that it keeps up: one on a port of `--ports`, one on a port of `--also`.
///
/// Every connection sends a line each interval and is opened again when it ends. Reported are each server that takes
/// over, each break of the rule that a client has one server at a time (`apart`), with `--one-server` also that all clients
/// together have one (`both`), and the state of things once a second.
final class Crowd {
  private let clients: [Address]
  private let remote: Address
  private let ports: [[UInt16]]
  private let interval: UInt64
  private let timeout: UInt64
  private let duration: UInt64
  private let loop: ConversationLoop
  private var conversations: [Conversation?]
  private var overall = OneServerRule()
  private var ofClient: [OneServerRule]
  private let hasOneServer: Bool
  private var violations = 0
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
    hasOneServer = arguments.has("one-server")
    loop = try ConversationLoop()
    conversations = Array(repeating: nil, count: clients.count * 2)
    ofClient = Array(repeating: OneServerRule(), count: clients.count)
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
    guard let conversation = conversations[slot] else { return open(slot) }
    if !conversation.isWaiting {
      conversation.sendLine()
    } else if time > conversation.sentAt + timeout {
      loop.end(conversation)
      lose(slot, Conversation.Ending.timeout.rawValue)
    }
  }

  private func open(_ slot: Int) {
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
    endings[how, default: 0] += 1
    loop.schedule(slot, at: now() + 250_000_000 + UInt64(slot % 16) * 16_000_000)
  }

  private func judge(_ conversation: Conversation) {
    guard let server = conversation.server else { return }
    let time = now()
    roundTrips += 1
    let opened = conversation.openedAt
    let sent = conversation.sentAt
    let client = conversation.slot / 2
    if ofClient[client].observe(server, openedAt: opened, sentAt: sent, receivedAt: time) == .broken {
      violate("apart", conversation, server, instead: ofClient[client].server)
    }
    switch overall.observe(server, openedAt: opened, sentAt: sent, receivedAt: time) {
    case .agrees: break
    case .broken: if hasOneServer { violate("both", conversation, server, instead: overall.server) }
    case .switched:
      guard hasOneServer else { return }
      var line = JSONLine("switched")
      line.add("server", server)
      line.print()
    }
  }

  private func violate(_ kind: String, _ conversation: Conversation, _ server: String, instead: String?) {
    violations += 1
    guard violations <= 20 else { return }
    var line = JSONLine("violation")
    line.add("kind", kind)
    line.add("client", clients[conversation.slot / 2].description)
    line.add("port", Int(conversation.remote.port))
    line.add("server", server)
    line.add("instead", instead ?? "")
    line.print()
  }

  /// `live`: connections of each server whose newest answer is to a line sent after the newest server took over.
  private func report(_ event: String) {
    var live: [String: Int] = [:]
    var connected = 0
    for conversation in conversations {
      guard let conversation, let server = conversation.server else { continue }
      connected += 1
      if conversation.answeredSentAt > overall.since { live[server, default: 0] += 1 }
    }
    var line = JSONLine(event)
    line.add("connected", connected)
    line.add("live", live)
    line.add("roundTrips", roundTrips)
    line.add("endings", endings)
    line.add("violations", violations)
    line.print()
  }
}
