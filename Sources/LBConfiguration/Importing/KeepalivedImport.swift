import LoadBalancing

/// Reads keepalived's configuration, by keepalived.conf(5): its virtual servers, and the addresses of its VRRP
/// instances.
struct KeepalivedImport {
  /// An address that a VRRP instance keeps.
  private struct KeptAddress {
    let text: String
    let address: IPAddress
    let interface: String?
    let line: Int
  }

  private var draft = DraftConfiguration()
  private var kept: [KeptAddress] = []
  private let statements: [KeepalivedStatement]

  static func draft(of text: String) throws(ImportFault) -> DraftConfiguration {
    let (statements, notes) = try KeepalivedSyntax.statements(of: text)
    var reading = KeepalivedImport(statements: statements)
    reading.draft.notes = notes
    for statement in statements { try reading.take(statement) }
    reading.placeAddresses()
    reading.draft.moveClientsOfQuiescentServers()
    return reading.draft
  }

  private init(statements: [KeepalivedStatement]) { self.statements = statements }

  private mutating func take(_ statement: KeepalivedStatement) throws(ImportFault) {
    switch statement.name {
    case "virtual_server": try takeVirtualServer(statement)
    case "virtual_server_group": break
    case "vrrp_instance": takeInstance(statement)
    case "global_defs": takeGlobals(statement)
    default: draft.note("\(statement.words.joined(separator: " ")) has no equivalent", line: statement.line)
    }
  }

  private mutating func takeGlobals(_ statement: KeepalivedStatement) {
    for child in statement.children {
      if child.name == "lvs_timeouts" {
        let names = ["tcp": "tcp", "tcpfin": "tcp-fin", "udp": "udp"]
        var timeouts = Draft(.timeouts, line: child.line)
        for (word, value) in zip(child.words, child.words.dropFirst()) {
          if let name = names[word] { timeouts.attributes[name] = value }
        }
        draft.global.children.append(timeouts)
      } else {
        draft.note("\(child.name) has no equivalent", line: child.line)
      }
    }
  }

  private mutating func takeVirtualServer(_ statement: KeepalivedStatement) throws(ImportFault) {
    let words = statement.words
    guard words.count > 1 else { throw ImportFault(line: statement.line, message: "virtual_server has no address") }
    switch words[1] {
    case "fwmark" where words.count > 2: addMark(words[2], statement)
    case "group" where words.count > 2:
      guard let group = statements.last(where: { $0.name == "virtual_server_group" && $0.value == words[2] }) else {
        throw ImportFault(line: statement.line, message: "there is no virtual_server_group '\(words[2])'")
      }
      for entry in group.children { try add(entry, of: words[2], statement) }
    default:
      let port = words.count > 2 ? words[2] : "0"
      try addEndpoints(words[1], port, prefix: nil, statement)
    }
  }

  private mutating func add(
    _ entry: KeepalivedStatement, of group: String, _ statement: KeepalivedStatement
  ) throws(ImportFault) {
    if entry.name == "fwmark", let mark = entry.value {
      addMark(mark, statement)
    } else {
      try addEndpoints(entry.name, entry.value ?? "0", prefix: group, statement)
    }
  }

  private mutating func addMark(_ mark: String, _ statement: KeepalivedStatement) {
    let server = statement.first("real_server")?.value.flatMap { IPAddress($0) }
    let isIPv6 = statement.first("ip_family")?.value == "inet6" || server?.family == .inet6
    let service = ImportedEndpoint.markService(mark, family: isIPv6 ? .inet6 : .inet, line: statement.line)
    draft.services.append(KeepalivedService(statement: statement).draft(from: service))
  }

  private mutating func addEndpoints(
    _ text: String, _ port: String, prefix: String?, _ statement: KeepalivedStatement
  ) throws(ImportFault) {
    guard let addresses = AddressRange(text)?.addresses, let number = ImportedEndpoint.port(port) else {
      throw ImportFault(
        line: statement.line,
        message: "'\(text) \(port)' is no address and port, or is a range of more than \(AddressRange.addressesMax)")
    }
    // The kernel's word for no protocol.
    let transport = statement.first("protocol")?.value?.lowercased() ?? "udp"
    for address in addresses {
      var service = ImportedEndpoint(address, port: number).service(transport, line: statement.line)
      if let prefix { service.attributes["label"] = "\(prefix)-\(service.attributes["label"] ?? "")" }
      if statement.first("protocol") == nil { service.note("there is no protocol, and keepalived takes UDP then") }
      if let name = statement.first("snmp_name")?.value { service.attributes["label"] = name }
      draft.services.append(KeepalivedService(statement: statement).draft(from: service))
    }
  }

  private mutating func takeInstance(_ statement: KeepalivedStatement) {
    draft.note(
      "vrrp_instance \(statement.value ?? ""): lbd keeps its addresses and does not share them with a second machine",
      line: statement.line)
    let interface = statement.first("interface")?.value
    for block in ["virtual_ipaddress", "virtual_ipaddress_excluded"] {
      for line in statement.all(block).flatMap(\.children) {
        guard let prefixed = PrefixedAddress(line.name) else {
          draft.note("'\(line.name)' is no address", line: line.line)
          continue
        }
        let device = line.words.firstIndex(of: "dev").flatMap { line.words.dropFirst($0 + 1).first }
        kept.append(
          KeptAddress(
            text: line.name, address: prefixed.address, interface: device ?? interface, line: line.line))
      }
    }
  }

  /// Virtual addresses get the interface where VRRP had them; the others become floating IPs.
  private mutating func placeAddresses() {
    var placed: Set<IPAddress> = []
    for kept in kept where placed.insert(kept.address).inserted {
      let text = "\(kept.address)"
      var isVirtual = false
      for index in draft.services.indices where draft.services[index].attributes["address"] == text {
        draft.services[index].attributes["interface"] = kept.interface
        isVirtual = true
      }
      guard !isVirtual else { continue }
      let floating = ["address": kept.text, "interface": kept.interface]
      draft.floatingIPs.append(Draft(.floatingIP, line: kept.line, floating))
    }
  }
}

/// `10.0.0.1`, `10.0.0.1-9`, `10.0.0.250-10.0.1.5` or `10.0.0.8/29`, and the same of IPv6.
private struct AddressRange {
  static let addressesMax = 1024
  let addresses: [IPAddress]

  init?(_ text: String) {
    if let address = IPAddress(text) {
      addresses = [address]
    } else if let prefixed = PrefixedAddress(text), let length = prefixed.prefixLength {
      let first = prefixed.address.network(prefixLength: length)
      let hostBits = first.family.addressBits - length
      guard hostBits <= 10 else { return nil }
      addresses = (0..<(1 << hostBits)).map { IPAddress(family: first.family, value: first.value + UInt128($0)) }
    } else {
      let parts = text.split(separator: "-", maxSplits: 1).map(String.init)
      guard parts.count == 2, let first = IPAddress(parts[0]), let last = Self.last(parts[1], after: first),
        last >= first.value, last - first.value < UInt128(Self.addressesMax)
      else { return nil }
      addresses = (first.value...last).map { IPAddress(family: first.family, value: $0) }
    }
  }

  /// A whole address, or what stands instead of the last number of the first: decimal in IPv4, hexadecimal in IPv6.
  private static func last(_ text: String, after first: IPAddress) -> UInt128? {
    if let address = IPAddress(text) { return address.family == first.family ? address.value : nil }
    let isIPv4 = first.family == .inet
    guard let number = UInt16(text, radix: isIPv4 ? 10 : 16), !isIPv4 || number < 256 else { return nil }
    let mask: UInt128 = isIPv4 ? 0xFF : 0xFFFF
    return first.value & ~mask | UInt128(number)
  }
}
