/// The check `ntp`: a client's request (RFC 5905 section 7.3, mode 3; port 123) that a synchronised server answers.
struct NTPDialogue: Dialogue {
  private static let packetBytes = 48
  /// Any number: servers give it back as the time of origin, so that nobody else can answer.
  private let transmitTime: UInt64

  init(transmitTime: UInt64 = .random(in: 1 ... .max)) { self.transmitTime = transmitTime }

  var awaited: String { "NTP answer" }

  func open() -> DialogueStep {
    // No leap warning, version 4, mode 3.
    let head: [UInt8] = [0x23] + [UInt8](repeating: 0, count: 39)
    return .send(head + WireBytes.bigEndian(transmitTime))
  }

  func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard reply.count >= Self.packetBytes, let flags = reply.byte(at: 0), let stratum = reply.byte(at: 1),
      flags & 7 == 4, reply.integer(UInt64.self, at: 24) == transmitTime
    else { return .needMore }
    let reference = reply.unread.dropFirst(12).prefix(4)
    guard stratum > 0 else { return .failed("the server refuses with the code \(Presentable.quote(reference))") }
    guard flags >> 6 != 3, stratum < 16 else { return .failed("the server's clock is not synchronised") }
    return .passed("NTP stratum \(stratum)")
  }
}
