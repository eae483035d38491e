public import LoadBalancing

/// Asks on a link who has addresses.
public enum AddressProbe {
  /// Somebody who claims an address.
  public struct Answer: Hashable, Sendable {
    public var address: IPAddress
    public var hardware: HardwareAddress

    public init(address: IPAddress, hardware: HardwareAddress) {
      self.address = address
      self.hardware = hardware
    }
  }

  /// Who has an address?
  public struct Question: Hashable, Sendable {
    public var address: IPAddress
    /// An address of this machine's on the link; nil asks without one.
    public var asker: IPAddress?

    public init(_ address: IPAddress, asker: IPAddress? = nil) {
      self.address = address
      self.asker = asker
    }
  }

  /// So many addresses are asked for together.
  public static let countMax = 2_000

  /// More answers than these tell nothing new.
  private static let answersMax = 4_000

  /// Sends one ARP probe or neighbour solicitation for each address, and collects who claims one of them until the
  /// deadline: by an answer, or by speaking from it.
  ///
  /// Blocks until the deadline.
  /// - Parameters:
  ///   - addresses: The addresses asked for.
  ///   - link: The link on which to ask; on one that is no Ethernet nobody is asked.
  ///   - own: Hardware addresses of this machine, whose answers do not count; the link's own is always one.
  ///   - deadline: When to stop waiting.
  /// - Returns: Each claim once, in the order in which they came.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public static func claims(
    of addresses: Set<IPAddress>, on link: NetworkLink, ignoring own: Set<HardwareAddress> = [],
    until deadline: ContinuousClock.Instant
  ) throws(PacketSocketError) -> [Answer] {
    try exchange(addresses.sorted().map { Question($0) }, on: link, ignoring: own, rounds: 1) { deadline }
  }

  /// Asks who has addresses, twice, in the form of a probe or as the host that has the address `asker`.
  ///
  /// A question that names an asker lets the one who answers learn where that is; it is what any host on the link
  /// would ask. Blocks until twice `patience` has passed.
  /// - Parameters:
  ///   - questions: At most ``countMax``; the others are left out.
  ///   - link: The link on which to ask; on one that is no Ethernet nobody is asked.
  ///   - own: Hardware addresses of this machine, whose answers do not count.
  ///   - patience: For answers to each asking.
  /// - Returns: Each claim once, our own left out.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public static func ask(
    _ questions: [Question], on link: NetworkLink, ignoring own: Set<HardwareAddress> = [],
    patience: Duration = .milliseconds(500)
  ) throws(PacketSocketError) -> [Answer] {
    try exchange(Array(questions.prefix(countMax)), on: link, ignoring: own, rounds: 2) {
      ContinuousClock.now + patience
    }
  }

  /// Asks in each round and listens until its end.
  private static func exchange(
    _ questions: [Question], on link: NetworkLink, ignoring own: Set<HardwareAddress>, rounds: Int,
    roundEnds: () -> ContinuousClock.Instant
  ) throws(PacketSocketError) -> [Answer] {
    guard link.isEthernet, !link.isLoopback, let hardware = link.hardwareAddress, !questions.isEmpty else { return [] }
    // Neighbour advertisements only, without extension headers in front, which no node puts there.
    let socket = try PacketSocket(on: link.name, filter: "arp or (icmp6 and ip6[40] == 136)")
    let addresses = Set(questions.map(\.address))
    var answers: [Answer] = []
    for _ in 0..<rounds {
      for question in questions { try socket.send(frame(of: question, from: hardware)) }
      let deadline = roundEnds()
      while answers.count < answersMax, let frame = try socket.receive(until: deadline) {
        guard let claim = claim(in: frame), addresses.contains(claim.address), claim.hardware != hardware,
          !own.contains(claim.hardware), !answers.contains(claim)
        else { continue }
        answers.append(claim)
      }
    }
    return answers
  }

  static func frame(of question: Question, from hardware: HardwareAddress) -> [UInt8] {
    guard let asker = question.asker else { return frame(asking: question.address, from: hardware) }
    switch question.address.family {
    case .inet:
      return ARPPacket(.request, senderHardware: hardware, sender: asker, target: question.address).frame()
    case .inet6:
      let group = NeighbourMessage.solicitedNode(of: question.address)
      return NeighbourMessage(
        .solicitation, source: asker, destination: group, target: question.address, hardware: hardware
      ).frame(from: hardware)
    }
  }

  static func frame(asking address: IPAddress, from hardware: HardwareAddress) -> [UInt8] {
    switch address.family {
    case .inet: ARPPacket.probe(for: address, from: hardware).frame()
    case .inet6: NeighbourMessage.probe(for: address).frame(from: hardware)
    }
  }

  /// Who claims what in a frame; nil when it says nothing of the kind.
  static func claim(in frame: [UInt8]) -> Answer? {
    if let packet = ARPPacket(frame: frame) {
      return Answer(address: packet.sender, hardware: packet.senderHardware)
    }
    guard let message = NeighbourMessage(frame: frame), case .advertisement = message.kind,
      let sender = message.hardware ?? EthernetFrame(frame)?.source
    else { return nil }
    return Answer(address: message.target, hardware: sender)
  }
}
