/// Of which clients the acknowledgements are looked at: of all, or of those whose port has some bits of 0, so that
/// downloads cost little however fast they are.
struct Sampling: Hashable {
  private static let bitsMax = 10

  private(set) var bits = 0

  /// The lowest bit says little: systems prefer even ports for some purposes and odd ones for others.
  private var mask: UInt16 { ((1 << UInt16(bits)) - 1) << 1 }

  func includes(port: UInt16) -> Bool { port & mask == 0 }

  /// To be added to a text of pcap-filter(7) in which `port` stands for the client's port.
  func condition(onPort port: String) -> String { bits == 0 ? "" : " and \(port) & \(mask) = 0" }

  mutating func halve() { bits = min(bits + 1, Self.bitsMax) }

  mutating func double() { bits = max(bits - 1, 0) }
}

/// Chooses the ``Sampling`` by how many acknowledgements come; pure.
struct AcknowledgementRate {
  /// A second's worth that is looked at: some hundredths of a processor.
  private static let perSecondMax = 20_000
  private static let window = Duration.milliseconds(500)
  /// Fewer are looked at as soon as there are too many, more only after so long.
  private static let patience = Duration.seconds(10)

  private(set) var sampling = Sampling()
  private var count = 0
  private var began = Duration.zero
  private var changedAt = Duration.zero

  /// Takes how many have come since the last time.
  ///
  /// - Parameters:
  ///   - now: on a monotonic clock.
  /// - Returns: whether the sampling is another from now on.
  mutating func note(_ more: Int, at now: Duration) -> Bool {
    count += more
    let elapsed = now - began
    guard elapsed >= Self.window else { return false }
    defer { (count, began) = (0, now) }
    let before = sampling
    let perSecond = Double(count) / (elapsed / .seconds(1))
    if perSecond > Double(Self.perSecondMax) {
      sampling.halve()
    } else if perSecond < Double(Self.perSecondMax) / 4, now - changedAt >= Self.patience {
      sampling.double()
    }
    if sampling != before { changedAt = now }
    return sampling != before
  }
}
