import LoadBalancing

/// One `virtual_server` of keepalived.
struct KeepalivedService {
  let statement: KeepalivedStatement

  /// Those that lbd takes, and those that say what lbd always does: a server is out until its first check passes.
  private static let served: Set = [
    "delay_loop", "lb_algo", "lvs_sched", "lb_kind", "lvs_method", "persistence_timeout", "persistence_granularity",
    "protocol", "real_server", "sorry_server", "sorry_server_lvs_method", "inhibit_on_failure", "virtualhost",
    "connect_timeout", "retry", "delay_before_retry", "ops", "snmp_name", "ip_family", "alpha", "flag-1", "flag-2",
    "sh-port", "sh-fallback", "mh-port", "mh-fallback",
  ]
  private static let servedByServers: Set = [
    "weight", "lb_kind", "lvs_method", "uthreshold", "lthreshold", "virtualhost", "connect_timeout", "retry",
    "delay_before_retry", "delay_loop", "inhibit_on_failure", "snmp_name", "alpha",
  ]

  /// The service with all that the statement says beyond address, port or mark.
  func draft(from entry: Draft) -> Draft {
    var service = entry
    let method = Method(statement.first("lb_kind", "lvs_method"))
    service.attributes.merge(method.attributes) { $1 }
    service.attributes["scheduler"] = statement.first("lb_algo", "lvs_sched")?.value ?? "wlc"
    let flags = ["sh-port", "sh-fallback", "mh-port", "mh-fallback", "flag-1", "flag-2"]
    service.attributes["scheduler-flags"] = SchedulerWords.flags(flags.filter { statement.first($0) != nil })
    if statement.first("ops") != nil { service.attributes["one-packet"] = "yes" }
    if let persistence = statement.first("persistence_timeout") {
      let mask = statement.first("persistence_granularity")?.value.flatMap(ImportedEndpoint.prefixLength)
      let attributes = ["timeout": persistence.value ?? "360", "granularity": mask.map { "\($0)" }]
      service.children.append(Draft(.persistence, line: persistence.line, attributes))
    }
    for child in statement.children where !Self.served.contains(child.name) {
      service.note("\(child.words.joined(separator: " ")) has no equivalent", line: child.line)
    }
    addServers(to: &service, method)
    addFallback(to: &service, method)
    setFailure(of: &service)
    return service
  }

  private func addServers(to service: inout Draft, _ method: Method) {
    for server in statement.all("real_server") {
      let own = server.first("lb_kind", "lvs_method").map(Method.init) ?? method
      guard own == method else {
        service.note(
          "real_server \(server.value ?? "") is left out: a virtual service of lbd has one forwarding, here "
            + "'\(method.forwarding)'", line: server.line)
        continue
      }
      guard let address = server.value.flatMap({ IPAddress($0) }) else {
        service.note("real_server \(server.value ?? "") is left out: it is no address", line: server.line)
        continue
      }
      service.children.append(draft(of: server, address, in: service))
    }
  }

  private func draft(of server: KeepalivedStatement, _ address: IPAddress, in service: Draft) -> Draft {
    let port = server.words.dropFirst(2).first.flatMap(ImportedEndpoint.port)
    var draft = ImportedEndpoint(address, port: port).server(
      of: service, line: server.line,
      [
        "weight": server.first("weight")?.value ?? "1",
        "maximum-connections": server.first("uthreshold")?.value,
        "minimum-connections": server.first("lthreshold")?.value,
      ])
    if let name = server.first("snmp_name")?.value { draft.attributes["label"] = name }
    for child in server.children {
      if KeepalivedCheck.names.contains(child.name) {
        let check = KeepalivedCheck(service: statement, server: server, statement: child, address: address)
        check.add(to: &draft)
      } else if !Self.servedByServers.contains(child.name) {
        draft.note("\(child.words.joined(separator: " ")) has no equivalent", line: child.line)
      }
    }
    // The program never takes out whom it does not check.
    if draft.children.isEmpty, draft.notes.allSatisfy({ !$0.message.hasPrefix(KeepalivedCheck.missing) }) {
      draft.children = [Draft(.healthCheck, line: server.line, ["type": "on"])]
    }
    return draft
  }

  private func addFallback(to service: inout Draft, _ method: Method) {
    guard let sorry = statement.first("sorry_server") else { return }
    guard let address = sorry.value.flatMap({ IPAddress($0) }) else {
      return service.note("sorry_server \(sorry.value ?? "") is left out: it is no address", line: sorry.line)
    }
    var fallback = Draft(.fallback, line: sorry.line, ["address": "\(address)"])
    let own = statement.first("sorry_server_lvs_method").map(Method.init) ?? method
    if own.forwarding != method.forwarding { fallback.attributes["forwarding"] = own.forwarding }
    let port = sorry.words.dropFirst(2).first.flatMap(ImportedEndpoint.port)
    if let port, port != 0, own.forwarding == "nat", service.attributes["ports"] != "\(port)" {
      fallback.attributes["port"] = "\(port)"
    }
    service.children.append(fallback)
  }

  private func setFailure(of service: inout Draft) {
    let servers = statement.all("real_server")
    let quiescent = servers.filter { isOn($0.first("inhibit_on_failure") ?? statement.first("inhibit_on_failure")) }
    guard let first = quiescent.first else { return }
    if quiescent.count == servers.count {
      service.attributes["on-failure"] = "quiesce"
    } else {
      service.note("inhibit_on_failure is left out: a virtual service of lbd has one on-failure", line: first.line)
    }
  }

  private func isOn(_ flag: KeepalivedStatement?) -> Bool {
    flag.map { !["false", "off", "no"].contains($0.value ?? "") } ?? false
  }
}

extension KeepalivedService {
  /// What `lvs_method` says: `NAT`, `DR`, or `TUN type gue port 6080 csum`.
  private struct Method: Hashable {
    var forwarding = "nat"
    var tunnel: [String: String] = [:]

    init(_ statement: KeepalivedStatement?) {
      guard let words = statement?.words.dropFirst() else { return }
      switch words.first?.uppercased() {
      case "DR": forwarding = "dr"
      case "TUN": forwarding = "tun"
      default: return
      }
      for (word, value) in zip(words, words.dropFirst()) {
        if word == "type" { tunnel["tunnel-type"] = value }
        if word == "port" { tunnel["tunnel-port"] = value }
      }
      if words.contains("csum") { tunnel["tunnel-checksum"] = "yes" }
    }

    var attributes: [String: String] { tunnel.merging(["forwarding": forwarding]) { $1 } }
  }
}
