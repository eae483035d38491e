import Foundation

/// What became of one connection.
struct Connected: Decodable, CustomStringConvertible {
  let from: String
  let port: UInt16
  /// `connected`, `refused`, `reset`, `timeout`, `unreachable` or `closed`.
  let result: String
  /// Who answered.
  let server: String?
  /// The client's address as the server saw it.
  let client: String?

  var description: String { "\(from) to port \(port): \(server ?? result)" }
}

extension Network {
  /// Opens a connection to each port, or `count` to all in turn, and waits for what becomes of them; `sources` is an
  /// address or a range, `10.20.0.1-10.20.7.208`; `transport` is `udp` or `sctp`, TCP without it.
  func connect(
    from host: Host, _ sources: String, to address: String, ports: String, count: Int? = nil,
    transport: String? = nil, timeout: Int = 10
  ) async throws -> [Connected] {
    var words = [Lab.binary("LabPeer"), "connect", "--from", sources, "--to", address, "--ports", ports]
    words += ["--timeout", String(timeout)]
    if let count { words += ["--count", String(count)] }
    if let transport { words.append("--" + transport) }
    let result = try await result(of: words, in: host, within: .seconds(600))
    guard result.exitCode != 1, result.exitCode != 64 else { throw CommandFailed(result: result) }
    return reports(in: result.output, event: "connection")
  }
}

extension Network {
  /// Sends datagrams from one socket, each when the one before was answered; how many each server answered.
  func datagrams(
    from host: Host, _ source: String, to address: String, port: String, count: Int
  ) async throws -> [String: Int] {
    struct Summary: Decodable { let servers: [String: Int] }
    let words = [Lab.binary("LabPeer"), "datagrams", "--from", source, "--to", address, "--ports", port]
    let result = try await result(of: words + ["--count", String(count)], in: host)
    guard let summary = (reports(in: result.output, event: "datagrams") as [Summary]).first else {
      throw CommandFailed(result: result)
    }
    return summary.servers
  }
}

/// The lines of JSON of one kind, oldest first.
func reports<Report: Decodable>(in output: String, event: String) -> [Report] {
  let mark = "{\"event\":\"\(event)\","
  return output.split(separator: "\n").filter { $0.hasPrefix(mark) }.compactMap {
    try? JSONDecoder().decode(Report.self, from: Data($0.utf8))
  }
}

/// Many clients with two connections each, kept up whatever happens.
final class Crowd {
  struct State: Decodable {
    /// Connections of each server that answered since the newest server took over.
    let live: [String: Int]
    let endings: [String: Int]
    let roundTrips: Int
  }

  struct Switch: Decodable, CustomStringConvertible {
    let server: String
    let client: String
    let port: Int

    var description: String { "\(server) answers \(client) on port \(port)" }
  }

  let connections: Int
  private let program: RunningProgram

  init(
    _ network: Network, on host: Host, clients: (first: String, last: String, count: Int), to address: String,
    ports: String,
    also: String, interval: Double
  ) throws {
    connections = clients.count * 2
    program = try network.start(
      [
        Lab.binary("LabPeer"), "crowd", "--from", "\(clients.first)-\(clients.last)", "--to", address, "--ports", ports,
        "--also", also, "--interval", String(interval), "--timeout", "30",
      ], in: host, log: "crowd")
  }

  /// Each time that a server took over. Two that serve side by side show as more of these than there were reasons.
  var switches: [Switch] { reports(in: program.output, event: "switched") }
  var state: State? { (reports(in: program.output, event: "progress") as [State]).last }

  /// Waits until every connection talks to that server.
  func settles(on server: String) async throws {
    try await eventually("all \(connections) connections live on \(server)", within: .seconds(600), every: .seconds(1))
    {
      if let code = program.exitCode { throw Expired(description: "the crowd ended with \(code): \(program.output)") }
      return state?.live == [server: connections] ? true : nil
    }
  }

  func end() async throws {
    program.send(SIGTERM)
    _ = try await program.exit()
  }
}

/// A stream of new connections beside some that are held.
final class ConnectionStream {
  struct State: Decodable {
    let opened: Int
    let greeted: [String: Int]
    let failures: Int
    let held: [String: Int]
    let roundTrips: Int
  }

  struct Ended: Decodable {
    let how: String
    let server: String
  }

  private let program: RunningProgram

  init(
    _ network: Network, on host: Host, from source: String, to address: String, ports: String, rate: Int, held: Int,
    interval: Double = 0.25
  ) throws {
    program = try network.start(
      [
        Lab.binary("LabPeer"), "stream", "--from", source, "--to", address, "--ports", ports, "--rate", String(rate),
        "--held", String(held), "--interval", String(interval), "--timeout", "60",
      ], in: host, log: "stream")
  }

  var ended: [Ended] { reports(in: program.output, event: "ended") }
  var state: State? { (reports(in: program.output, event: "progress") as [State]).last }

  /// Waits for a state that the condition holds of.
  @discardableResult
  func reaches(_ what: String, _ condition: (State) -> Bool) async throws -> State {
    do {
      return try await eventually(what) { state.flatMap { condition($0) ? $0 : nil } }
    } catch let error as Expired {
      throw Expired(description: "\(error); the stream has said: \(program.output.suffix(2000))")
    }
  }

  /// Waits until `count` more connections were opened and as many lines came back.
  @discardableResult
  func goesOn(for count: Int) async throws -> State {
    let before = try await reaches("a first report of the stream") { _ in true }
    return try await reaches("\(count) more connections") {
      $0.opened >= before.opened + count && (before.held.isEmpty || $0.roundTrips >= before.roundTrips + count)
    }
  }

  func end() async throws -> State {
    program.send(SIGTERM)
    _ = try await program.exit()
    let last: [State] = reports(in: program.output, event: "summary")
    guard let last = last.last else { throw Expired(description: "no summary of the stream: \(program.output)") }
    return last
  }
}
