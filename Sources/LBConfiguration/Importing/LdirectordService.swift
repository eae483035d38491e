import LoadBalancing

/// One virtual service of ldirectord.
struct LdirectordService {
  let section: LdirectordImport.Section
  let globals: [LdirectordImport.Directive]

  private static let served: Set = [
    "real", "real6", "service", "scheduler", "schedflags", "persistent", "netmask", "protocol", "ops", "servicename",
    "checktype", "checkport", "checkcommand", "checktimeout", "negotiatetimeout", "checkinterval", "failurecount",
    "request", "receive", "virtualhost", "httpmethod", "login", "passwd", "database", "secret", "fallback",
    "fallback6", "quiescent",
  ]
  private static let serversMax = 1024

  /// A virtual section's own, else the global one.
  func value(_ name: String) -> String? { section.value(name) ?? globals.last { $0.name == name }?.value }

  /// nil, with a note, when it is named and not numbered.
  func draft(notes: inout [ImportNote]) -> Draft? {
    let head = section.head
    guard var service = entry() else {
      let message = "virtual=\(head.value) is left out: names are not looked up, write its address and port"
      notes.append(ImportNote(line: head.line, message: message))
      return nil
    }
    if let name = section.value("servicename") { service.attributes["label"] = name }
    service.attributes["scheduler"] = section.value("scheduler") ?? "wrr"
    service.attributes["scheduler-flags"] = section.value("schedflags").flatMap {
      SchedulerWords.flags($0.split(separator: ",").map(String.init))
    }
    if section.value("ops") == "yes" { service.attributes["one-packet"] = "yes" }
    if value("quiescent") != "no" { service.attributes["on-failure"] = "quiesce" }
    if let timeout = section.value("persistent") {
      let bits = section.value("netmask").flatMap(ImportedEndpoint.prefixLength).map { "\($0)" }
      service.children.append(Draft(.persistence, line: head.line, ["timeout": timeout, "granularity": bits]))
    }
    for directive in section.directives where !Self.served.contains(directive.name) {
      service.note(
        directive.name == "comment" ? directive.value : "\(directive.name) has no equivalent", line: directive.line)
    }
    addServers(to: &service)
    addFallback(to: &service)
    return service
  }

  var endpoint: ImportedEndpoint? { ImportedEndpoint(section.head.value.prefix { !$0.isWhitespace }) }

  /// What ldirectord takes when nothing is said: port 53 is the one of UDP.
  var transport: String { section.value("protocol") ?? (endpoint?.port == 53 ? "udp" : "tcp") }

  private func entry() -> Draft? {
    let head = section.head
    if UInt32(decimal: head.value) != nil {
      return ImportedEndpoint.markService(
        head.value, family: head.name == "virtual6" ? .inet6 : .inet, line: head.line)
    }
    guard let endpoint, endpoint.port != nil else { return nil }
    return endpoint.service(transport, line: head.line)
  }

  private func addServers(to service: inout Draft) {
    for directive in section.directives where directive.name == "real" || directive.name == "real6" {
      let words = directive.value.split(whereSeparator: \.isWhitespace).map(String.init)
      let forwarding = Self.forwarding(words.dropFirst().first)
      let first = service.attributes["forwarding"] ?? forwarding
      service.attributes["forwarding"] = first
      guard let endpoints = Self.range(words.first ?? "") else {
        service.note("real=\(directive.value) is left out: names are not looked up", line: directive.line)
        continue
      }
      guard forwarding == first else {
        service.note(
          "real=\(directive.value) is left out: a virtual service of lbd has one forwarding, here '\(first)'",
          line: directive.line)
        continue
      }
      for endpoint in endpoints { service.children.append(server(endpoint, words, directive, of: service)) }
    }
  }

  private func server(
    _ endpoint: ImportedEndpoint, _ words: [String], _ directive: LdirectordImport.Directive, of service: Draft
  ) -> Draft {
    let weight = words.dropFirst(2).first.flatMap { UInt32(decimal: $0) }
    /// `"<l:10>"`
    func threshold(_ letter: Character) -> String? {
      words.first { $0.hasPrefix("\"<\(letter):") }.map { String($0.filter(\.isNumber)) }
    }
    var server = endpoint.server(
      of: service, line: directive.line,
      [
        "weight": "\(weight ?? 1)", "minimum-connections": threshold("l"), "maximum-connections": threshold("u"),
      ])
    let quoted = directive.value.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }.filter { !$0.hasPrefix("<") }
    let check = LdirectordCheck(
      service: self, request: quoted.first, receive: quoted.dropFirst().first, line: directive.line)
    server.children = [check.draft()]
    return server
  }

  private func addFallback(to service: inout Draft) {
    let isIPv6 = section.head.name == "virtual6"
    guard let text = value(isIPv6 ? "fallback6" : "fallback") else { return }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let endpoint = ImportedEndpoint(words.first ?? "") else {
      service.note("fallback=\(text) is left out: names are not looked up")
      return
    }
    let forwarding = Self.forwarding(words.dropFirst().first)
    var fallback = Draft(.fallback, line: section.head.line, ["address": "\(endpoint.address)"])
    if forwarding != service.attributes["forwarding"] ?? "dr" { fallback.attributes["forwarding"] = forwarding }
    if forwarding == "nat", let port = endpoint.port, service.attributes["ports"] != "\(port)" {
      fallback.attributes["port"] = "\(port)"
    }
    service.children.append(fallback)
  }

  private static func forwarding(_ word: String?) -> String {
    switch word {
    case "masq": "nat"
    case "ipip": "tun"
    default: "dr"
    }
  }

  /// `10.0.0.2->10.0.0.7:80` and single ones.
  private static func range(_ text: String) -> [ImportedEndpoint]? {
    guard let arrow = text.firstRange(of: "->") else { return ImportedEndpoint(text).map { [$0] } }
    guard let first = IPAddress(String(text[..<arrow.lowerBound])),
      let last = ImportedEndpoint(text[arrow.upperBound...]), first <= last.address,
      first.family == last.address.family, last.address.value - first.value < UInt128(serversMax)
    else { return nil }
    return (first.value...last.address.value).map {
      ImportedEndpoint(IPAddress(family: first.family, value: $0), port: last.port)
    }
  }
}
