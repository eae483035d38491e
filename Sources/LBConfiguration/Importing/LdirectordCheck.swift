/// The health check that ldirectord makes of a virtual service's directives, or of a real server's own.
struct LdirectordCheck {
  let service: LdirectordService
  /// Instead of the service's.
  let request: String?
  let receive: String?
  let line: Int

  func draft() -> Draft {
    let type = service.value("checktype") ?? "negotiate"
    let isUDP = service.transport == "udp"
    switch type {
    case "on", "off": return Draft(.healthCheck, line: line, ["type": type])
    case "ping": return check("ping", isNegotiation: false)
    // Nothing accepts connections there, so the program pings.
    case "connect" where isUDP: return check("ping", isNegotiation: false)
    case "connect": return connect()
    case "external", "external-perl":
      return check("external", ["command": service.value("checkcommand") ?? "/bin/true"], isNegotiation: false)
    case "negotiate": return negotiation()
    default:
      var check = negotiation()
      check.note("checktype=\(type): lbd does not connect between negotiations")
      return check
    }
  }

  private var kind: String { service.value("service") ?? portKind }

  private var portKind: String {
    guard service.transport != "fwm", let port = service.endpoint?.port else { return "none" }
    return Self.kinds[port] ?? "none"
  }

  private static let kinds: [UInt16: String] = [
    21: "ftp", 25: "smtp", 53: "dns", 80: "http", 110: "pop", 119: "nntp", 143: "imap", 389: "ldap", 443: "https",
    587: "submission", 636: "ldaps", 993: "imaps", 995: "pops", 1521: "oracle", 1812: "radius", 3128: "http_proxy",
    3306: "mysql", 5060: "sip", 5432: "pgsql",
  ]

  private var requested: String? { request ?? service.value("request") }
  private var expected: String? { (receive ?? service.value("receive")).flatMap { $0.isEmpty ? nil : $0 } }
  /// The program puts a slash before every request; here it stands before paths alone.
  private var withoutSlash: String? { requested.map { String($0.hasPrefix("/") ? $0.dropFirst() : $0[...]) } }
  private var login: [String: String?] { ["user": service.value("login"), "password": service.value("passwd")] }

  private func negotiation() -> Draft {
    switch kind {
    case "none": return Draft(.healthCheck, line: line, ["type": "on"])
    case "http", "https":
      let path = requested.map { $0.hasPrefix("/") || $0.contains("://") ? $0 : "/" + $0 }
      let method = service.value("httpmethod")?.uppercased()
      return check(
        kind,
        [
          "path": path, "expect-regex": expected, "host": service.value("virtualhost"),
          "method": method == "GET" ? nil : method,
        ])
    case "ftp", "smtp": return withoutAnswer(check(kind, login))
    case "submission": return withoutAnswer(check("smtp", login))
    case "pop", "imap", "pops", "imaps":
      let isEncrypted = kind.hasSuffix("s")
      let protocolName = kind.hasPrefix("pop") ? "pop3" : "imap"
      return check(protocolName, login.merging(["tls": isEncrypted ? "yes" : nil]) { $1 })
    case "ldap", "ldaps":
      let own = ["base": withoutSlash, "tls": kind == "ldaps" ? "yes" : nil]
      return withoutAnswer(check("ldap", login.merging(own) { $1 }))
    case "dns": return withoutAnswer(check("dns", ["name": withoutSlash ?? ".", "expect": expected]), isSent: true)
    case "mysql", "pgsql":
      let own = ["database": service.value("database"), "query": withoutSlash]
      return check(kind == "pgsql" ? "postgresql" : kind, login.merging(own) { $1 })
    case "radius": return check("radius", login.merging(["secret": service.value("secret")]) { $1 })
    case "sip": return check("sip")
    case "simpletcp":
      let send = withoutSlash.map { $0.replacing("\\n", with: "\n") }.map { CEscape.text(Array($0.utf8)) }
      return check("tcp", ["send": send, "expect-regex": expected])
    default:
      var check = connect()
      check.note("service=\(kind): lbd does not speak it and connects only")
      return check
    }
  }

  private func connect() -> Draft { check("connect", isNegotiation: false) }

  /// Tells that the answer's content is not looked at.
  private func withoutAnswer(_ draft: Draft, isSent: Bool = false) -> Draft {
    guard let expected, !isSent else { return draft }
    var draft = draft
    draft.note("receive=\(expected): lbd does not look at what such a server answers with")
    return draft
  }

  private func check(_ type: String, _ own: [String: String?] = [:], isNegotiation: Bool = true) -> Draft {
    let short = service.value("checktimeout")
    let long = service.value("negotiatetimeout")
    var attributes: [String: String?] = [
      "type": type, "interval": service.value("checkinterval") ?? "10",
      "timeout": isNegotiation ? long ?? short ?? "30" : short ?? long ?? "5",
      "failures": service.value("failurecount") ?? "1",
    ]
    if type != "ping", type != "external" { attributes["port"] = service.value("checkport") }
    return Draft(.healthCheck, line: line, attributes.merging(own.mapValues { $0?.isEmpty == true ? nil : $0 }) { $1 })
  }
}

/// Bytes as the attributes `send` and `expect` have them.
enum CEscape {
  static func text(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      switch byte {
      case 0x0A: "\\n"
      case 0x0D: "\\r"
      case UInt8(ascii: "\\"): "\\\\"
      case 0x20..<0x7F: String(UnicodeScalar(byte))
      default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }.joined()
  }
}
