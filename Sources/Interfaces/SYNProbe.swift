public import LoadBalancing

/// A SYN that is put on the wire as a whole frame, so that neither routes nor sockets of this machine have a say.
public struct SYNProbe: Hashable, Sendable {
  /// What came back.
  public enum Answer: Hashable, Sendable {
    /// A SYN-ACK.
    case accepted(by: HardwareAddress)
    /// A RST.
    case refused(by: HardwareAddress)
    case silence
  }

  public var source: IPAddress
  public var destination: IPAddress
  public var port: UInt16
  /// To whom the frame goes.
  public var hardware: HardwareAddress
  /// nil: as it is.
  public var tunnel: TunnelWrapping?
  /// How large the IP packet on the wire is made, in bytes; nil: no larger than it must be.
  public var packetBytes: Int?

  public init(
    from source: IPAddress, to destination: IPAddress, port: UInt16, at hardware: HardwareAddress,
    through tunnel: TunnelWrapping? = nil, packetBytes: Int? = nil
  ) {
    self.source = source
    self.destination = destination
    self.port = port
    self.hardware = hardware
    self.tunnel = tunnel
    self.packetBytes = packetBytes
  }
}

extension SYNProbe {
  /// So many go out together.
  public static let countMax = 500

  /// Sends each probe, a second time when it is not answered, and collects the answers; whatever was begun is ended
  /// with a RST.
  ///
  /// Blocks, at most until twice `patience` has passed.
  /// - Parameters:
  ///   - probes: At most ``countMax``; the others are left out.
  ///   - link: The link on which they go out and the answers come in.
  ///   - patience: For an answer to each sending.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public static func send(
    _ probes: [SYNProbe], on link: NetworkLink, patience: Duration = .milliseconds(500)
  ) throws(PacketSocketError) -> [SYNProbe: Answer] {
    guard link.isEthernet, !link.isLoopback, let hardware = link.hardwareAddress, !probes.isEmpty else { return [:] }
    var run = SYNProbeRun(probes.prefix(countMax), firstPort: UInt16.random(in: 20_000...30_000), own: hardware)
    let ports = run.ports
    // SYN-ACK and RST to our ports: `tcp[…]` is IPv4's, the 14th byte behind IPv6's header are its flags too.
    let socket = try PacketSocket(
      on: link.name,
      filter: "tcp dst portrange \(ports.lowerBound)-\(ports.upperBound) and (tcp[13] & 6 != 0 or ip6[53] & 6 != 0)",
      snapLength: 128)
    for _ in 0..<2 {
      for frame in run.unanswered { try socket.send(frame) }
      let deadline = ContinuousClock.now + patience
      while !run.isComplete, let frame = try socket.receive(until: deadline) {
        if let ending = run.note(frame) { try socket.send(ending) }
      }
      if run.isComplete { break }
    }
    for frame in run.endings { try socket.send(frame) }
    return run.answers
  }
}

/// Probes under way: which frames go out, and what came in means. Pure.
struct SYNProbeRun {
  private let probes: [SYNProbe]
  private let firstPort: UInt16
  private let own: HardwareAddress
  private let sequence: UInt32 = 1_000_000
  private var found: [Int: SYNProbe.Answer] = [:]

  init(_ probes: some Sequence<SYNProbe>, firstPort: UInt16, own: HardwareAddress) {
    self.probes = Array(probes)
    self.firstPort = firstPort
    self.own = own
  }

  /// Each probe has a port of its own.
  var ports: ClosedRange<UInt16> { firstPort...firstPort + UInt16(probes.count - 1) }

  var isComplete: Bool { found.count == probes.count }

  var unanswered: [[UInt8]] {
    probes.indices.filter { found[$0] == nil }.map { frame(.syn, sequence: sequence, of: $0) }
  }

  /// Ends those that nobody seems to have answered, lest an answer was lost.
  var endings: [[UInt8]] {
    probes.indices.filter { found[$0] == nil }.map { frame(.reset, sequence: sequence + 1, of: $0) }
  }

  var answers: [SYNProbe: SYNProbe.Answer] {
    var answers: [SYNProbe: SYNProbe.Answer] = [:]
    for index in probes.indices { answers[probes[index]] = found[index] ?? .silence }
    return answers
  }

  /// Takes a frame that came in; gives the one that ends the connection, if it accepted one.
  mutating func note(_ bytes: [UInt8]) -> [UInt8]? {
    guard let frame = EthernetFrame(bytes), frame.source != own, let segment = TCPSegment(packet: frame.payload),
      ports.contains(segment.destination.port)
    else { return nil }
    let index = Int(segment.destination.port - firstPort)
    let probe = probes[index]
    guard segment.source == .init(address: probe.destination, port: probe.port),
      segment.destination.address == probe.source
    else { return nil }
    if segment.flags.contains([.syn, .acknowledgement]) {
      found[index] = .accepted(by: frame.source)
      return self.frame(.reset, sequence: segment.acknowledged, of: index)
    }
    if segment.flags.contains(.reset), found[index] == nil { found[index] = .refused(by: frame.source) }
    return nil
  }

  private func frame(_ flags: TCPSegment.Flags, sequence: UInt32, of index: Int) -> [UInt8] {
    let probe = probes[index]
    var segment = TCPSegment(
      flags, from: .init(address: probe.source, port: firstPort + UInt16(index)),
      to: .init(address: probe.destination, port: probe.port), sequence: sequence)
    if flags == .syn, let wanted = probe.packetBytes {
      segment.payloadCount = max(0, wanted - segment.packet.count - (probe.tunnel?.overheadBytes ?? 0))
    }
    let packet = probe.tunnel.map { $0.wrap(segment.packet) } ?? segment.packet
    let family = (probe.tunnel?.destination ?? probe.destination).family
    return EthernetFrame(
      to: probe.hardware, from: own, kind: family == .inet ? EthernetFrame.Kind.ipv4 : EthernetFrame.Kind.ipv6,
      payload: packet
    ).bytes
  }
}
