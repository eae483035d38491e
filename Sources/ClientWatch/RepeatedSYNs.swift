import LoadBalancing

/// Finds the servers some of whose clients send the same SYN again and again without getting on, though others do.
///
/// A SYN that comes once more, with the same ends and the same sequence number, was not answered. Five of them among a
/// server's last sixteen SYNs, within two seconds, are a reason to look: some packets get lost everywhere. Pure, and of
/// bounded memory: two generations of SYNs are known, each of so many or so old, and when they come faster than that
/// only some clients are looked at.
struct RepeatedSYNs {
  /// Of the same SYN: clients send it again after 1 and 3 seconds (RFC 6298 section 5.7), and after that they give up
  /// or the server is known to be down.
  private static let generationAge = Duration.seconds(4)
  private static let generationMax = 131_072
  fileprivate static let repeatsMin = 5
  fileprivate static let window = Duration.seconds(2)

  fileprivate struct Server {
    /// The newest in the lowest bit, 1 for a SYN that came again.
    var recent: UInt16 = 0
    /// When the last five came again.
    var repeats: [Duration] = []
  }

  private var young: Set<UInt64> = []
  private var old: Set<UInt64> = []
  private var began = Duration.zero
  /// Which SYNs are looked at: those whose number has none of these bits.
  private var skipped: UInt64 = 0
  private var servers: [IPAddress: Server] = [:]

  /// How many SYNs are remembered.
  var knownCount: Int { young.count + old.count }

  /// Takes a SYN.
  ///
  /// - Parameters:
  ///   - now: on a monotonic clock.
  /// - Returns: whether clients of the server repeat their SYNs.
  mutating func note(_ syn: ClientSegment, to server: IPAddress, at now: Duration) -> Bool {
    let number = syn.number(to: server, with: syn.sequence)
    guard number & skipped == 0 else { return false }
    if now - began >= Self.generationAge || young.count >= Self.generationMax { turnOver(at: now) }
    let isRepeated = young.contains(number) || old.contains(number)
    young.insert(number)
    return servers[server, default: Server()].note(isRepeated, at: now)
  }

  /// Forgets what is known of other servers.
  mutating func keep(only wanted: Set<IPAddress>) { servers = servers.filter { wanted.contains($0.key) } }

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

extension RepeatedSYNs.Server {
  fileprivate mutating func note(_ isRepeated: Bool, at now: Duration) -> Bool {
    recent = recent << 1 | (isRepeated ? 1 : 0)
    guard isRepeated else { return false }
    repeats = repeats.suffix(RepeatedSYNs.repeatsMin - 1) + [now]
    return recent.nonzeroBitCount >= RepeatedSYNs.repeatsMin && now - repeats[0] <= RepeatedSYNs.window
  }
}

extension ClientSegment {
  /// The same for the same connection to the same server, and different for nearly all others (the finaliser of
  /// SplitMix64).
  ///
  /// - Parameter sequence: where one SYN of a connection is to be told from another.
  func number(to server: IPAddress, with sequence: UInt32 = 0) -> UInt64 {
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
