import LoadBalancing

/// An address with a port as other programs write it: `10.0.0.1:80`, `[::1]:80`, `10.0.0.1:http`, `10.0.0.1`.
struct ImportedEndpoint: Hashable {
  var address: IPAddress
  /// nil when there is none; 0 is the kernel's word for every port.
  var port: UInt16?

  init(_ address: IPAddress, port: UInt16?) {
    self.address = address
    self.port = port
  }

  /// nil for a name, which is not looked up, and for what is no endpoint.
  init?(_ text: some StringProtocol) {
    var host = text[...]
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.first == ":" else { return nil }
      port = rest.isEmpty ? nil : Substring(rest.dropFirst())
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = Substring(text[text.index(after: colon)...])
    }
    guard let address = IPAddress(String(host)) else { return nil }
    self.address = address
    guard let port else { return }
    guard let number = Self.port(port) else { return nil }
    self.port = number
  }

  /// A number, or one of the names that the programs know or `ipvsadm` without `-n` prints (IANA, service names).
  static func port(_ text: some StringProtocol) -> UInt16? { UInt16(decimal: text) ?? names[String(text)] }

  private static let names: [String: UInt16] = [
    "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "dns": 53, "tftp": 69, "http": 80, "www": 80,
    "pop": 110, "pop3": 110, "nntp": 119, "ntp": 123, "imap": 143, "imap2": 143, "snmp": 161, "ldap": 389,
    "https": 443, "smtps": 465, "submissions": 465, "syslog": 514, "submission": 587, "ldaps": 636, "imaps": 993,
    "pops": 995, "pop3s": 995, "oracle": 1521, "radius": 1812, "http_proxy": 3128, "mysql": 3306,
    "ms-wbt-server": 3389, "sip": 5060, "pgsql": 5432, "postgresql": 5432, "webcache": 8080, "http-alt": 8080,
  ]

  /// The prefix length of `255.255.255.0` or `24`; nil for what is none.
  static func prefixLength(_ netmask: String) -> Int? {
    guard let mask = IPAddress(netmask), mask.family == .inet else {
      return Int(decimal: netmask).flatMap { (1...128).contains($0) ? $0 : nil }
    }
    let bits = UInt32(truncatingIfNeeded: mask.value)
    return (~bits).leadingZeroBitCount == bits.nonzeroBitCount && bits != 0 ? bits.nonzeroBitCount : nil
  }

  /// What a virtual service on this endpoint has for attributes.
  func service(_ transport: String, line: Int) -> Draft {
    let suffix = transport == "tcp" ? "" : "-\(transport)"
    let ports = port == 0 || port == nil ? "*" : "\(port ?? 0)"
    let label = ports == "*" ? "\(address)\(suffix)" : "\(address)-\(ports)\(suffix)"
    var attributes = ["label": label, "address": "\(address)", "ports": ports]
    if transport != "tcp" { attributes["protocol"] = transport }
    return Draft(.virtualService, line: line, attributes)
  }

  /// A virtual service on somebody else's mark.
  static func markService(_ mark: String, family: AddressFamily, line: Int) -> Draft {
    var attributes = ["label": "mark-\(mark)" + (family == .inet6 ? "-inet6" : ""), "firewall-mark": mark]
    if family == .inet6 { attributes["family"] = "inet6" }
    return Draft(.virtualService, line: line, attributes)
  }

  /// A real server behind a service; the port only where it differs from the service's and is translated.
  func server(of service: Draft, line: Int, _ attributes: [String: String?]) -> Draft {
    var server = Draft(.realServer, line: line, attributes)
    server.attributes["label"] = "\(address)"
    server.attributes["address"] = "\(address)"
    if let port = translatedPort(of: service) { server.attributes["port"] = port }
    return server
  }

  func translatedPort(of service: Draft) -> String? {
    guard let port, port != 0, service.attributes["forwarding"] == "nat", service.attributes["ports"] != "\(port)"
    else { return nil }
    return "\(port)"
  }
}
