import LoadBalancing

/// A health checker of a real server of keepalived.
struct KeepalivedCheck {
  static let names: Set = [
    "TCP_CHECK", "HTTP_GET", "SSL_GET", "SMTP_CHECK", "DNS_CHECK", "MISC_CHECK", "BFD_CHECK", "UDP_CHECK",
    "PING_CHECK", "FILE_CHECK",
  ]
  /// How a note about a checker that lbd has nothing for begins.
  static let missing = "no check stands for"

  let service: KeepalivedStatement
  let server: KeepalivedStatement
  let statement: KeepalivedStatement
  let address: IPAddress

  /// The nearest to the checker counts, as in the program.
  private func value(_ names: String...) -> String? {
    for holder in [statement, server, service] {
      if let found = holder.children.last(where: { names.contains($0.name) })?.value { return found }
    }
    return nil
  }

  func add(to draft: inout Draft) {
    switch statement.name {
    case "TCP_CHECK": draft.children.append(check("connect", ["port": port]))
    case "PING_CHECK": draft.children.append(check("ping"))
    case "HTTP_GET", "SSL_GET": draft.children += pages()
    case "SMTP_CHECK": draft.children.append(mail())
    case "DNS_CHECK":
      let own = ["name": value("name") ?? ".", "record": value("type") ?? "SOA", "port": port]
      draft.children.append(check("dns", own, retries: 3))
    case "MISC_CHECK":
      let words = value("misc_path")?.split(separator: " ") ?? []
      guard words.count == 1 else {
        let program = words.first.map { " \($0)" } ?? ""
        return draft.note(
          "\(Self.missing) MISC_CHECK\(program): lbd gives programs its own arguments; make a script that calls it with "
            + "these: \(words.dropFirst().joined(separator: " "))", line: statement.line)
      }
      var check = check("external", ["command": String(words[0]), "timeout": value("misc_timeout")], retries: 0)
      if statement.first("misc_dynamic") != nil { check.note("misc_dynamic has no equivalent") }
      draft.children.append(check)
    case "UDP_CHECK": draft.children.append(datagram())
    default: draft.note("\(Self.missing) \(statement.name)", line: statement.line)
    }
  }

  private var port: String? { statement.first("connect_port")?.value }

  /// - Parameter retries: how often a failed check is repeated before it counts, unless something is said.
  private func check(_ type: String, _ own: [String: String?] = [:], retries: Int = 1) -> Draft {
    let again = value("retry", "nb_get_retry").flatMap { Int(decimal: $0) } ?? retries
    var attributes: [String: String?] = [
      "type": type, "interval": value("delay_loop") ?? "60", "timeout": value("connect_timeout") ?? "5",
      "failures": "\(min(again, 999) + 1)",
    ]
    if again > 0 { attributes["fast-interval"] = value("delay_before_retry") }
    var draft = Draft(.healthCheck, line: statement.line, attributes.merging(own.filter { $0.value != nil }) { $1 })
    if let other = statement.first("connect_ip")?.value, IPAddress(other) != address {
      draft.note("connect_ip \(other): lbd checks the real server's own address")
    }
    for name in ["bindto", "bind_port", "bind_if", "fwmark", "helo_name"] where statement.first(name) != nil {
      draft.note("\(name) has no equivalent")
    }
    return draft
  }

  /// One check for each `url`.
  private func pages() -> [Draft] {
    let urls = statement.all("url")
    return urls.map { url in
      let statuses = url.first("status_code")?.words.dropFirst().joined(separator: ",")
      let isReversed = url.first("regex_no_match") != nil
      var check = check(
        statement.name == "SSL_GET" ? "https" : "http",
        [
          "port": port, "path": url.first("path")?.value, "status": statuses ?? "200-299",
          "host": url.first("virtualhost")?.value ?? value("virtualhost"),
          "expect-regex": isReversed ? nil : url.first("regex")?.value,
          "server-name": statement.first("sni_name")?.value,
        ])
      for name in ["digest", "regex_options", "regex_no_match"] where url.first(name) != nil {
        check.note("\(name) has no equivalent: lbd looks at status and text", line: url.line)
      }
      return check
    }
  }

  private func mail() -> Draft {
    let hosts = statement.all("host")
    let own = hosts.first { $0.first("connect_ip")?.value.map { IPAddress($0) == address } ?? true }
    var check = check("smtp", ["port": own?.first("connect_port")?.value ?? port])
    for host in hosts where host != own {
      check.note(
        "host \(host.first("connect_ip")?.value ?? ""): lbd checks the real server's own address", line: host.line)
    }
    return check
  }

  private func datagram() -> Draft {
    let payload = statement.first("payload")?.words.dropFirst().joined(separator: " ")
    let reply = statement.first("require_reply")?.words.dropFirst().joined(separator: " ")
    let expected = reply.flatMap(Self.bytes)
    var check = check(
      "udp",
      ["port": port, "send": payload.flatMap(Self.bytes).map(CEscape.text), "expect": expected.map(CEscape.text)])
    if let reply, expected == nil { check.note("require_reply \(reply): lbd compares whole bytes, and needs some") }
    return check
  }

  /// Hexadecimal digits in pairs; a single one is a byte of its own. nil for anything else, as for `x` in a reply.
  private static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      var rest = word
      while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16), rest.first != "+", rest.first != "-" else { return nil }
        bytes.append(byte)
        rest = rest.dropFirst(2)
      }
    }
    return bytes.isEmpty ? nil : bytes
  }
}
