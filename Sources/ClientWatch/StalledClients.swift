public import LoadBalancing

/// Finds the servers whose clients send the same SYN again and again without getting on.
///
/// A SYN that comes once more, with the same ends and the same sequence number, was not answered. Three of them among a
/// server's last sixteen SYNs, within two seconds, make it suspicious. Pure, and of bounded memory: two generations of
/// SYNs are known, each of so many or so old, and when they come faster than that only some clients are looked at.
public struct StalledClients: Sendable {
  /// Of the same SYN: clients send it again after 1 and 3 seconds (RFC 6298 section 5.7), and after that they give up
  /// or the server is known to be down.
  private static let generationAge = Duration.seconds(4)
  private static let generationMax = 131_072
  fileprivate static let window = Duration.seconds(2)
  /// How long a server that was suspicious is not so again.
  fileprivate static let pause = Duration.milliseconds(250)

  fileprivate struct Server {
    /// The newest in the lowest bit, 1 for a SYN that came again.
    var recent: UInt16 = 0
    /// When the last three came again.
    var repeats: [Duration] = []
    var quietUntil = Duration.zero
  }

  private var young: Set<UInt64> = []
  private var old: Set<UInt64> = []
  private var began = Duration.zero
  /// Which SYNs are looked at: those whose number has none of these bits.
  private var skipped: UInt64 = 0
  private var servers: [IPAddress: Server] = [:]

  public init() {}

  /// How many SYNs are remembered.
  var knownCount: Int { young.count + old.count }

  /// Takes a SYN.
  ///
  /// - Parameters:
  ///   - now: on a monotonic clock.
  /// - Returns: whether the server is suspicious from now on.
  public mutating func note(_ syn: SYNSighting, to server: IPAddress, at now: Duration) -> Bool {
    let number = syn.number(to: server)
    guard number & skipped == 0 else { return false }
    if now - began >= Self.generationAge || young.count >= Self.generationMax { turnOver(at: now) }
    let isRepeated = young.contains(number) || old.contains(number)
    young.insert(number)
    return servers[server, default: Server()].note(isRepeated, at: now)
  }

  /// Forgets what is known of other servers.
  public mutating func keep(only wanted: Set<IPAddress>) { servers = servers.filter { wanted.contains($0.key) } }

  private mutating func turnOver(at now: Duration) {
    let isTooFast = now - began < Self.window
    if isTooFast {
      skipped = skipped << 1 | 1
    } else if young.count < Self.generationMax / 4 {
      skipped >>= 1
    }
    old = now - began < Self.generationAge * 2 ? young : []
    young = []
    began = now
  }
}

extension StalledClients.Server {
  fileprivate mutating func note(_ isRepeated: Bool, at now: Duration) -> Bool {
    recent = recent << 1 | (isRepeated ? 1 : 0)
    guard isRepeated else { return false }
    repeats = repeats.suffix(2) + [now]
    guard repeats.count == 3, now - repeats[0] <= StalledClients.window, recent.nonzeroBitCount >= 3,
      now >= quietUntil
    else { return false }
    quietUntil = now + StalledClients.pause
    return true
  }
}

extension SYNSighting {
  /// The same for the same SYN to the same server, and different for nearly all others (the finaliser of SplitMix64).
  fileprivate func number(to server: IPAddress) -> UInt64 {
    var number: UInt64 = 0
    func mix(_ part: UInt64) {
      number = (number ^ part) &* 0xBF58_476D_1CE4_E5B9
      number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
      number ^= number >> 31
    }
    for address in [client.address, destination.address, server] {
      mix(UInt64(truncatingIfNeeded: address.value))
      mix(UInt64(truncatingIfNeeded: address.value >> 64))
    }
    mix(UInt64(client.port) << 48 | UInt64(destination.port) << 32 | UInt64(sequence))
    return number
  }
}
