import LoadBalancing

/// Reads what `ipvsadm --save` writes: the table after all its lines.
struct IPVSAdmImport {
  private struct Key: Hashable {
    let transport: String
    let service: String
    let isIPv6: Bool
  }

  private struct Entry {
    let key: Key
    var service: Draft
    /// As the lines name them.
    var servers: [(name: String, endpoint: ImportedEndpoint, line: IPVSAdmLine, number: Int)] = []
  }

  private var draft = DraftConfiguration()
  private var table: [Entry] = []

  static func draft(of text: String) throws(ImportFault) -> DraftConfiguration {
    var reading = IPVSAdmImport()
    for (index, text) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if let line = try IPVSAdmLine(text, number: index + 1) { try reading.take(line, number: index + 1) }
    }
    reading.draft.services = reading.table.map { reading.service(of: $0) }
    return reading.draft
  }

  private mutating func take(_ line: IPVSAdmLine, number: Int) throws(ImportFault) {
    switch line.action {
    case .clear: table = []
    case .setTimeouts: setTimeouts(line.timeouts, number: number)
    case .other(let name): draft.note("\(name) has no equivalent", line: number)
    case .addService, .editService:
      let key = try key(of: line, number)
      let service = try newService(key, line, number)
      if let index = table.firstIndex(where: { $0.key == key }) {
        table[index].service = service
      } else {
        table.append(Entry(key: key, service: service))
      }
    case .deleteService:
      let key = try key(of: line, number)
      table.removeAll { $0.key == key }
    case .addServer, .editServer, .deleteServer: try takeServer(line, number)
    case nil: break
    }
  }

  private mutating func takeServer(_ line: IPVSAdmLine, _ number: Int) throws(ImportFault) {
    let key = try key(of: line, number)
    guard let index = table.firstIndex(where: { $0.key == key }) else {
      throw ImportFault(line: number, message: "there is no virtual service '\(key.service)' before it")
    }
    guard let name = line.server else { throw ImportFault(line: number, message: "the option -r is missing") }
    guard let endpoint = ImportedEndpoint(name) else { throw Self.notNumeric(name, number) }
    let place = table[index].servers.firstIndex { $0.name == name }
    if case .deleteServer = line.action {
      if let place { table[index].servers.remove(at: place) }
    } else if let place {
      table[index].servers[place] = (name, endpoint, line, number)
    } else {
      table[index].servers.append((name, endpoint, line, number))
    }
  }

  private func key(of line: IPVSAdmLine, _ number: Int) throws(ImportFault) -> Key {
    guard let service = line.service else {
      throw ImportFault(line: number, message: "there is no virtual service: one of -t, -u, -f is missing")
    }
    return Key(transport: line.transport, service: service, isIPv6: line.options["--ipv6"] != nil)
  }

  private func newService(_ key: Key, _ line: IPVSAdmLine, _ number: Int) throws(ImportFault) -> Draft {
    var service: Draft
    if key.transport == "mark" {
      service = ImportedEndpoint.markService(key.service, family: key.isIPv6 ? .inet6 : .inet, line: number)
    } else {
      guard let endpoint = ImportedEndpoint(key.service) else { throw Self.notNumeric(key.service, number) }
      service = endpoint.service(key.transport, line: number)
    }
    service.attributes["scheduler"] = line.options["--scheduler"]
    if line.options["--ops"] != nil { service.attributes["one-packet"] = "yes" }
    if let flags = line.options["--sched-flags"] {
      service.attributes["scheduler-flags"] = SchedulerWords.flags(flags.split(separator: ",").map(String.init))
    }
    if let engine = line.options["--pe"] { service.note("the persistence engine '\(engine)' has no equivalent") }
    if let timeout = line.options["--persistent"] {
      var persistence = Draft(.persistence, line: number, ["timeout": timeout])
      if let mask = line.options["--netmask"] {
        persistence.attributes["granularity"] = ImportedEndpoint.prefixLength(mask).map { "\($0)" }
      }
      service.children.append(persistence)
    }
    return service
  }

  /// The service with its servers; one forwarding for all of them.
  private func service(of entry: Entry) -> Draft {
    var service = entry.service
    let first = entry.servers.first?.line
    let forwarding = Self.forwarding(first)
    service.attributes["forwarding"] = forwarding
    if forwarding == "tun", let options = first?.options {
      service.attributes["tunnel-type"] = options["--tun-type"]
      service.attributes["tunnel-port"] = options["--tun-port"]
      if options["--tun-csum"] != nil { service.attributes["tunnel-checksum"] = "yes" }
      if options["--tun-remcsum"] != nil { service.note("--tun-remcsum has no equivalent") }
    }
    for (name, endpoint, line, number) in entry.servers {
      guard Self.forwarding(line) == forwarding else {
        service.note(
          "the real server \(name) is left out: its forwarding is '\(Self.forwarding(line))', and a virtual service "
            + "of lbd has one, here '\(forwarding)'", line: number)
        continue
      }
      service.children.append(
        endpoint.server(
          of: service, line: number,
          [
            "weight": line.options["--weight"] ?? "1",
            "maximum-connections": line.options["--u-threshold"].flatMap { $0 == "0" ? nil : $0 },
            "minimum-connections": line.options["--l-threshold"].flatMap { $0 == "0" ? nil : $0 },
          ]))
    }
    // ipvsadm checks nobody: a server of its table is always in.
    service.children.append(Draft(.healthCheck, line: entry.service.line, ["type": "on"]))
    return service
  }

  private static func forwarding(_ line: IPVSAdmLine?) -> String {
    if line?.options["--masquerading"] != nil { return "nat" }
    return line?.options["--ipip"] != nil ? "tun" : "dr"
  }

  private mutating func setTimeouts(_ timeouts: [String], number: Int) {
    let names = ["tcp", "tcp-fin", "udp"]
    // 0 leaves a timeout as it is.
    let given = zip(names, timeouts).filter { $0.1 != "0" }
    guard !given.isEmpty else { return }
    draft.global.children = [Draft(.timeouts, line: number, Dictionary(uniqueKeysWithValues: given.map { ($0, $1) }))]
  }

  private static func notNumeric(_ name: String, _ number: Int) -> ImportFault {
    ImportFault(
      line: number, message: "'\(name)' is no address with a port; names are not looked up: save with 'ipvsadm -S -n'")
  }
}

/// The flags of schedulers by their names in ipvsadm(8).
enum SchedulerWords {
  /// As the attribute `scheduler-flags` has them; a flag that it lacks stays as it was, for the loader to refuse.
  static func flags(_ names: [String]) -> String? {
    let words = names.map { name in
      switch name {
      case "sh-fallback", "mh-fallback", "flag-1": "fallback"
      case "sh-port", "mh-port", "flag-2": "port"
      default: name
      }
    }
    return words.isEmpty ? nil : words.joined(separator: ",")
  }
}
