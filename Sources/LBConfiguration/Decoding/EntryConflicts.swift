import LoadBalancing

/// Finds services that claim the same packets.
struct EntryConflicts {
  let services: [DecodedService]

  /// What services on addresses share when they can collide.
  private struct Claim: Hashable {
    let address: IPAddress
    let number: UInt8
  }

  private struct Range {
    let ports: ClosedRange<UInt16>
    let index: Int
  }

  private struct Pair: Hashable {
    let first: Int
    let second: Int
  }

  private struct Mark: Hashable {
    let mark: UInt32
    let family: AddressFamily
  }

  func report() {
    reportLabels()
    reportMarks()
    var claims: [Claim: [Range]] = [:]
    for (index, decoded) in services.enumerated() {
      guard case .address(let address, let ports, let transport) = decoded.service?.entry else { continue }
      for number in transport.numbers {
        claims[Claim(address: address, number: number), default: []] += ports.ranges.map {
          Range(ports: $0, index: index)
        }
      }
    }
    var reported: Set<Pair> = []
    for (claim, ranges) in claims where ranges.count > 1 {
      for (earlier, later) in overlaps(in: ranges) {
        let pair = Pair(first: min(earlier.index, later.index), second: max(earlier.index, later.index))
        guard reported.insert(pair).inserted else { continue }
        report(pair, claim, earlier.ports.clamped(to: later.ports))
      }
    }
  }

  /// With how many of the ranges before it a range is compared: thousands that all claim one port are told, each of
  /// them, but not each pair.
  private static let comparedMax = 16

  /// By a sweep over the ranges in port order; each is compared with those that reach farthest before it.
  private func overlaps(in ranges: [Range]) -> [(Range, Range)] {
    var found: [(Range, Range)] = []
    // What reaches farthest first.
    var open: [Range] = []
    for range in ranges.sorted(by: { ($0.ports.lowerBound, $0.index) < ($1.ports.lowerBound, $1.index) }) {
      open.removeAll { $0.ports.upperBound < range.ports.lowerBound }
      found += open.filter { $0.index != range.index }.map { ($0, range) }
      let place = open.firstIndex { $0.ports.upperBound < range.ports.upperBound } ?? open.endIndex
      open.insert(range, at: place)
      if open.count > Self.comparedMax { open.removeLast() }
    }
    return found
  }

  private func report(_ pair: Pair, _ claim: Claim, _ ports: ClosedRange<UInt16>) {
    let other = services[pair.first]
    let place = other.reader.location(of: VirtualServiceAttributes.ports)
    let span = ports.count == 1 ? "port \(ports.lowerBound)" : "ports \(ports.lowerBound)-\(ports.upperBound)"
    let name = TransportProtocol.allCases.first { $0.numbers == [claim.number] }?.rawValue ?? "\(claim.number)"
    services[pair.second].reader.report(
      VirtualServiceAttributes.ports,
      "overlaps with \(other.reader.place) at \(place): both claim \(claim.address) \(name) \(span)")
  }

  private func reportMarks() {
    var first: [Mark: Int] = [:]
    for (index, decoded) in services.enumerated() {
      guard case .firewallMark(let mark, let family) = decoded.service?.entry else { continue }
      let key = Mark(mark: mark, family: family)
      guard let other = first[key] else {
        first[key] = index
        continue
      }
      let place = services[other].reader.location(of: VirtualServiceAttributes.firewallMark)
      decoded.reader.report(
        VirtualServiceAttributes.firewallMark,
        "with family \(family.rawValue) is taken by \(services[other].reader.place) at \(place)")
    }
  }

  private func reportLabels() {
    var first: [String: SourceLocation] = [:]
    for decoded in services {
      guard let label = decoded.label else { continue }
      let location = decoded.reader.location(of: VirtualServiceAttributes.label)
      if let other = first[label] {
        decoded.reader.report(
          VirtualServiceAttributes.label,
          "is taken by the virtual-service at \(other); labels are unique over all files")
      } else {
        first[label] = location
      }
    }
  }
}
