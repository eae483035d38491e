/// A server program that greets with its name.
extension Network {
  /// Serves ports such as `104,2099,50000-60000` until ended; returns once it listens. `transport` is `udp` or `sctp`,
  /// TCP without it.
  func serve(
    _ name: String, on host: Host, ports: String, bind: String = "0.0.0.0", transport: String? = nil
  ) async throws -> RunningProgram {
    let words = [Lab.binary("LabPeer"), "serve", "--name", name, "--bind", bind, "--ports", ports]
    let program = try start(words + (transport.map { ["--" + $0] } ?? []), in: host, log: "serve-\(name)")
    try await eventually("\(name) listens on \(ports)") {
      if let code = program.exitCode { throw Expired(description: "LabPeer ended with \(code): \(program.output)") }
      return program.output.contains("\"ready\"") ? true : nil
    }
    return program
  }
}
