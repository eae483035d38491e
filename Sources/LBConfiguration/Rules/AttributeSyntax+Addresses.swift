import LoadBalancing

/// An address that may have a prefix length behind it.
struct PrefixedAddress: Hashable, Sendable {
  let address: IPAddress
  let prefixLength: Int?

  /// Reads `192.168.1.1` and `192.168.1.1/24`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    self.address = address
    guard parts.count == 2 else {
      prefixLength = nil
      return
    }
    guard let length = Int(decimal: parts[1]),
      (1...address.family.addressBits).contains(length)
    else { return nil }
    prefixLength = length
  }
}

extension AttributeSyntax where Value == IPAddress {
  /// The address of one host.
  static var address: AttributeSyntax<IPAddress> {
    AttributeSyntax<IPAddress>("an IPv4 or IPv6 address") { text throws(SyntaxFault) in
      guard let address = IPAddress(text) else {
        let isPrefixed = PrefixedAddress(text) != nil
        throw SyntaxFault(reason: isPrefixed ? "has a prefix length" : "is no address")
      }
      return try hostAddress(address)
    }
  }
}

extension AttributeSyntax where Value == PrefixedAddress {
  static var prefixedAddress: AttributeSyntax<PrefixedAddress> {
    AttributeSyntax<PrefixedAddress>(
      "an IPv4 or IPv6 address, with or without a prefix length, like 192.168.100.254/24"
    ) { text throws(SyntaxFault) in
      guard let prefixed = PrefixedAddress(text) else { throw SyntaxFault(reason: "is no address") }
      _ = try hostAddress(prefixed.address)
      return prefixed
    }
  }
}

extension AttributeSyntax where Value == Subnet {
  static var subnet: AttributeSyntax<Subnet> {
    AttributeSyntax<Subnet>("a subnet like 192.168.100.0/24") { text throws(SyntaxFault) in
      guard let prefixed = PrefixedAddress(text), let length = prefixed.prefixLength else {
        throw SyntaxFault(reason: "is no subnet")
      }
      let subnet = Subnet(prefixed.address, prefixLength: length)
      guard subnet.network == prefixed.address else {
        throw SyntaxFault(reason: "is an address in a subnet; write \(subnet)")
      }
      return subnet
    }
  }
}

extension AttributeSyntax where Value == PortSet {
  static var ports: AttributeSyntax<PortSet> {
    AttributeSyntax<PortSet>("ports and ranges like 104,1099,50000-60000, or *") {
      text throws(SyntaxFault) in
      try portSet(text)
    }
  }
}

/// A port, or none for the one that the client used.
struct OptionalPort: Hashable, Sendable {
  let port: UInt16?
}

extension AttributeSyntax where Value == OptionalPort {
  static var optionalPort: AttributeSyntax<OptionalPort> {
    AttributeSyntax<OptionalPort>("1 to 65535, or 0 for the port that the client used") {
      text throws(SyntaxFault) in
      guard let port = UInt16(decimal: text) else { throw SyntaxFault() }
      return OptionalPort(port: port == 0 ? nil : port)
    }
  }
}

extension AttributeSyntax where Value == CheckPorts {
  static var checkPorts: AttributeSyntax<CheckPorts> {
    AttributeSyntax<CheckPorts>("a port, a list of ports like 104,1099, or all") {
      text throws(SyntaxFault) in
      if text == "all" { return .all }
      let ports = try portSet(text)
      guard ports.count <= 1024 else {
        throw SyntaxFault(reason: "has more ports than one check asks: at most 1024 are allowed")
      }
      return .list(ports.ranges.flatMap { Array($0) })
    }
  }
}

extension AttributeSyntax where Value == [ClosedRange<Int>] {
  /// HTTP status codes (RFC 9110, section 15).
  static var statuses: AttributeSyntax<[ClosedRange<Int>]> {
    AttributeSyntax<[ClosedRange<Int>]>("status codes and ranges like 200,301-302, each 100 to 599") {
      text throws(SyntaxFault) in
      var ranges: [ClosedRange<Int>] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let ends = part.trimmed.split(separator: "-", omittingEmptySubsequences: false).map {
          Int($0.trimmed)
        }
        guard ends.count <= 2, let first = ends.first, let last = ends.last, let lower = first,
          let upper = last,
          lower <= upper, (100...599).contains(lower), (100...599).contains(upper)
        else { throw SyntaxFault(reason: "has '\(part.trimmed)', which is no status code") }
        ranges.append(lower...upper)
      }
      return ranges
    }
  }
}

private func portSet(_ text: String) throws(SyntaxFault) -> PortSet {
  do throws(PortSet.ParseError) {
    return try PortSet(parsing: text)
  } catch {
    throw SyntaxFault(reason: "has a mistake: \(error)")
  }
}

private func hostAddress(_ address: IPAddress) throws(SyntaxFault) -> IPAddress {
  if address.isUnspecified {
    throw SyntaxFault(reason: "is the unspecified address, no host has it")
  }
  if address.isMulticast { throw SyntaxFault(reason: "is a multicast address, a group of hosts") }
  if address.family == .inet, address.value == 0xFFFF_FFFF {
    throw SyntaxFault(reason: "is the broadcast address, all hosts have it")
  }
  return address
}
