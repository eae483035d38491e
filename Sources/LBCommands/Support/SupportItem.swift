import ControlAPI

/// One file of a support bundle and where its content comes from.
struct SupportItem: Sendable {
  enum Source: Sendable {
    /// What the daemon answers, as JSON.
    case answer(@Sendable (ControlClient) async throws(ControlError) -> any Encodable)
    /// What a program prints.
    case command([String])
  }

  let name: String
  let source: Source

  /// Everything that helps a stranger to understand this load balancer; nothing of it holds a secret, since the daemon
  /// blots out passwords and logs have none.
  static let all: [SupportItem] = answers + programs

  private static let answers: [SupportItem] = [
    SupportItem("status.json") { client throws(ControlError) in try await client.status() },
    SupportItem("overview.json") { client throws(ControlError) in try await client.overview() },
    SupportItem("configuration.json") { client throws(ControlError) in try await client.configuration() },
    SupportItem("configuration-check.json") { client throws(ControlError) in try await client.checkConfiguration() },
    SupportItem("history.json") { client throws(ControlError) in try await client.configurationHistory() },
    SupportItem("events.json") { client throws(ControlError) in try await client.events() },
  ]

  private static let programs: [SupportItem] = [
    SupportItem("kernel.txt", "uname", "--all"),
    SupportItem("system.txt", "cat", "/etc/os-release", "/proc/uptime", "/proc/loadavg", "/proc/meminfo"),
    SupportItem("package.txt", "dpkg-query", "--show", "lbd", "systemd", "nftables", "libnl-3-200", "libpcap0.8"),
    SupportItem("modules.txt", "cat", "/proc/modules"),
    SupportItem("ipvs.txt", "cat", "/proc/net/ip_vs", "/proc/net/ip_vs_stats"),
    // Without the sets' elements: there may be tens of thousands.
    SupportItem("nftables.txt", "nft", "--terse", "list", "ruleset"),
    SupportItem("addresses.txt", "ip", "-details", "-statistics", "address"),
    SupportItem("routes.txt", "ip", "route", "show", "table", "all"),
    SupportItem("routes-inet6.txt", "ip", "-6", "route", "show", "table", "all"),
    SupportItem("rules.txt", "ip", "rule"),
    SupportItem("neighbours.txt", "ip", "neighbour"),
    SupportItem(
      "sysctls.txt", "sysctl", "--all", "--pattern",
      #"^net\.(ipv4\.(vs\.|ip_forward|conf\.)|ipv6\.conf\.|netfilter\.nf_conntrack_(max|count))"#),
    SupportItem(
      "log.txt", "journalctl", "--unit=lbd.service", "--unit=lbd-checks.service", "--no-pager", "--lines=10000",
      "--output=short-iso-precise"),
    SupportItem("service.txt", "systemctl", "status", "--no-pager", "--lines=0", "lbd.service"),
  ]

  private init(
    _ name: String, _ answer: @escaping @Sendable (ControlClient) async throws(ControlError) -> any Encodable
  ) {
    self.name = name
    source = .answer(answer)
  }

  private init(_ name: String, _ command: String...) {
    self.name = name
    source = .command(command)
  }
}

/// What became of a file of the bundle.
struct CollectedItem: Sendable {
  let name: String
  let content: [UInt8]
  /// Why there is nothing, or only a part; nil when all is there.
  let shortfall: String?
}

extension SupportItem {
  func collect(from client: ControlClient) async -> CollectedItem {
    switch source {
    case .answer(let ask):
      do throws(ControlError) {
        let answer = try await ask(client)
        let json = try? ControlJSON.pretty(answer)
        return CollectedItem(name: name, content: json.map { Array($0) } ?? [], shortfall: nil)
      } catch {
        return CollectedItem(name: name, content: Array("\(error)\n".utf8), shortfall: "\(error)")
      }
    case .command(let words):
      let process = ChildProcess(words: words)
      let (output, ending) = await process.run()
      let said = words.joined(separator: " ")
      return CollectedItem(
        name: name, content: Array("# \(said)\n".utf8) + output, shortfall: shortfall(of: process, ending))
    }
  }

  private func shortfall(of process: ChildProcess, _ ending: ChildProcess.Ending) -> String? {
    let program = process.words[0]
    return switch ending {
    case .exited(0): nil
    case .exited(let code): "\(program) ended with \(code)"
    case .timedOut: "\(program) took longer than \(process.timeLimit.components.seconds) s"
    case .outputTooLong: "\(program) printed more than \(process.outputBytesMax >> 20) MB; the rest is cut"
    case .notStarted(let reason): "\(program) did not run: \(reason)"
    }
  }
}
