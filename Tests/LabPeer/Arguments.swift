/// What went wrong, in words.
struct PeerError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// `--name value` pairs and `--flags` of a command line.
struct Arguments {
  private var values: [String: String] = [:]
  private let flags: Set<String> = ["udp", "sctp"]

  init(_ words: ArraySlice<String>) throws(PeerError) {
    var rest = words
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else { throw PeerError("unexpected word \(word)") }
      let name = String(word.dropFirst(2))
      if flags.contains(name) {
        values[name] = "yes"
      } else if let value = rest.popFirst() {
        values[name] = value
      } else {
        throw PeerError("--\(name) needs a value")
      }
    }
  }

  func has(_ flag: String) -> Bool { values[flag] != nil }

  func text(_ name: String) throws(PeerError) -> String {
    guard let value = values[name] else { throw PeerError("--\(name) is missing") }
    return value
  }

  func integer(_ name: String, default fallback: Int) throws(PeerError) -> Int {
    guard let value = values[name] else { return fallback }
    guard let number = Int(value), number >= 0 else { throw PeerError("--\(name) \(value) is not a count") }
    return number
  }

  /// Seconds, as nanoseconds.
  func seconds(_ name: String, default fallback: Double) throws(PeerError) -> UInt64 {
    guard let seconds = Double(values[name] ?? String(fallback)), seconds >= 0, seconds < 1e6 else {
      throw PeerError("--\(name) is not a time in seconds")
    }
    return UInt64(seconds * 1e9)
  }

  func ports(_ name: String) throws(PeerError) -> [UInt16] {
    var ports: [UInt16] = []
    for item in try text(name).split(separator: ",") {
      let bounds = item.split(separator: "-").compactMap { UInt16($0) }
      guard let first = bounds.first, let last = bounds.last, first <= last, bounds.count <= 2 else {
        throw PeerError("\(item) is neither a port nor a range of ports")
      }
      ports += Array(first...last)
    }
    guard !ports.isEmpty else { throw PeerError("--\(name) has no port") }
    return ports
  }

  func addresses(_ name: String) throws(PeerError) -> [Address] {
    var addresses: [Address] = []
    for item in try text(name).split(separator: ",") { addresses.append(try Address(String(item))) }
    return addresses
  }

  /// One address, or all from `FIRST-LAST`.
  func addressRange(_ name: String) throws(PeerError) -> [Address] {
    let bounds = try text(name).split(separator: "-").map(String.init)
    guard bounds.count == 2 else { return try addresses(name) }
    let last = try Address(bounds[1])
    var next = try Address(bounds[0])
    var addresses = [next]
    while next != last {
      next = next.successor
      addresses.append(next)
      guard addresses.count <= 100_000 else { throw PeerError("--\(name) holds too many addresses") }
    }
    return addresses
  }
}
