/// Opens connections one after another, a few at a time, and tells what became of each.
///
/// Exit code: 0 every one was greeted, 2 the first failure was refused or reset, 3 it timed out, 4 anything else.
final class Connect {
  private let sources: [Address]
  private let remote: Address
  private let ports: [UInt16]
  private let count: Int
  private let transport: Transport
  private let timeout: UInt64
  private let parallel: Int
  private let loop: ConversationLoop
  private var open: [Int: Conversation] = [:]
  private var started = 0
  private var servers: [String: Int] = [:]
  private var failures: [String: Int] = [:]
  private var exitCode: Int32 = 0

  init(_ arguments: Arguments) throws(PeerError) {
    sources = try arguments.addressRange("from")
    remote = try Address(arguments.text("to"))
    ports = try arguments.ports("ports")
    count = try arguments.integer("count", default: max(sources.count, ports.count))
    transport = Transport(arguments)
    timeout = try arguments.seconds("timeout", default: 10)
    parallel = try arguments.integer("parallel", default: 32)
    loop = try ConversationLoop()
  }

  func run() throws(PeerError) -> Int32 {
    fill()
    try loop.run(
      until: .max, tick: 1_000_000_000, onTick: {}, onTimer: expire,
      onOutcome: { (conversation, outcome) in
        switch outcome {
        case .nothing: break
        case .roundTrip(let greeting):
          report(conversation.slot, "connected", greeting: greeting ?? "")
          loop.end(conversation)
          finish(conversation.slot)
        case .ended(let ending):
          report(conversation.slot, ending.rawValue)
          finish(conversation.slot)
        }
      })
    var line = JSONLine("summary")
    line.add("connected", servers.values.reduce(0, +))
    line.add("servers", servers)
    line.add("failures", failures)
    line.print()
    return exitCode
  }

  private func fill() {
    while open.count < parallel, started < count {
      let slot = started
      started += 1
      do throws(PeerError) {
        open[slot] = try loop.open(
          slot: slot, from: sources[slot % sources.count], to: Endpoint(remote, ports[slot % ports.count]),
          over: transport)
        loop.schedule(slot, at: now() + timeout)
      } catch {
        report(slot, "unreachable", greeting: error.description)
      }
    }
    if open.isEmpty { loop.stop() }
  }

  private func expire(_ slot: Int) {
    guard let conversation = open[slot] else { return }
    loop.end(conversation)
    report(slot, "timeout")
    finish(slot)
  }

  private func finish(_ slot: Int) {
    open[slot] = nil
    fill()
  }

  private func report(_ slot: Int, _ result: String, greeting: String = "") {
    var line = JSONLine("connection")
    line.add("from", sources[slot % sources.count].description)
    line.add("port", Int(ports[slot % ports.count]))
    line.add("result", result)
    let words = greeting.split(separator: " ").map(String.init)
    if result == "connected", words.count >= 4 {
      line.add("server", words[0])
      line.add("client", words[1])
      line.add("serverPort", words[3])
      servers[words[0], default: 0] += 1
    } else {
      line.add("detail", greeting)
      failures[result, default: 0] += 1
      if exitCode == 0 { exitCode = result == "refused" || result == "reset" ? 2 : result == "timeout" ? 3 : 4 }
    }
    line.print()
  }
}
