import LoadBalancing

/// The line that an agent sends: words between blanks, tabs or commas, ended by CR or LF (HAProxy's configuration
/// manual, `agent-check`).
///
/// `75%` is the weight, `ready`, `drain` and `maint` whether clients are wanted, `up`, `down`, `stopped` and `fail`
/// whether the server works; what follows `#` is a reason. Of words of one kind the last counts, `maxconn:` and
/// unknown words are skipped.
enum AgentReply {
  static let bytesMax = 1024

  static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  static func outcome(_ bytes: [UInt8], port: UInt16) -> ProbeOutcome {
    let line = bytes.prefix { !isLineEnd($0) }
    guard let statement = statement(in: line) else {
      return .inconclusive("port \(port): the agent says \(Presentable.quote(line)), no word of which is known")
    }
    let message = "port \(port): the agent says \(Presentable.quote(line))"
    return ProbeOutcome(statement.isDown == true ? .failed : .passed, message, agent: statement)
  }

  /// nil when no word is known.
  static func statement(in line: some Sequence<UInt8>) -> AgentStatement? {
    var statement = AgentStatement()
    let words = line.prefix { $0 != UInt8(ascii: "#") }.split { [0x20, 0x09, UInt8(ascii: ",")].contains($0) }
    for word in words {
      switch String(decoding: word, as: UTF8.self).lowercased() {
      case "ready": statement.admission = .ready
      case "drain": statement.admission = .drain
      case "maint": statement.admission = .maintenance
      case "up": statement.isDown = false
      case "down", "stopped", "fail": statement.isDown = true
      case let word: statement.share = share(word) ?? statement.share
      }
    }
    return statement == AgentStatement() ? nil : statement
  }

  /// `75%`; more than all is all, since the configured weight is never exceeded.
  private static func share(_ word: String) -> Int? {
    guard word.hasSuffix("%"), word.utf8.count <= 6, word.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(word.dropLast()).map { min($0, 100) }
  }
}
