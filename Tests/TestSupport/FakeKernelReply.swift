import Netlink

/// A message from the fake kernel.
struct FakeKernelReply {
  /// Type and body of a message.
  struct Entry {
    var type: UInt16
    var body: (inout MessageBuilder) -> Void
  }

  var entry: Entry
  var flags: MessageFlags
  var sequence: UInt32
  /// Whether it says that a request was done.
  var isAcknowledgement = false

  var standsAlone: Bool { entry.type == MessageType.error || entry.type == MessageType.done }

  func append(to builder: inout MessageBuilder, flags extra: MessageFlags, sequenceOffset: UInt32, port: UInt32) {
    let message = FakeKernelReply.bytes(
      entry, flags: flags.union(extra), sequence: sequence &+ sequenceOffset, port: port)
    for byte in message { builder.append(byte) }
  }

  /// The bytes of one message, numbered.
  static func bytes(_ entry: Entry, flags: MessageFlags, sequence: UInt32, port: UInt32) -> [UInt8] {
    var builder = MessageBuilder()
    builder.message(type: entry.type, flags: flags, entry.body)
    var bytes = builder.bytes
    for place in 0..<4 {
      bytes[8 + place] = UInt8(truncatingIfNeeded: sequence >> UInt32(8 * place))
      bytes[12 + place] = UInt8(truncatingIfNeeded: port >> UInt32(8 * place))
    }
    return bytes
  }

  /// All messages that answer one request: entries and the end of a dump; a reply and the acknowledgement that was
  /// asked for; or the refusal, which needs no asking.
  static func replies(to request: MessageHeader, _ result: Result<[Entry], FakeKernelErrno>) -> [FakeKernelReply] {
    let isDump = request.flags.contains(.dump)
    switch result {
    case .failure(let failure):
      return [acknowledgement(of: request, errno: failure.rawValue)]
    case .success(let entries):
      var replies = entries.map {
        FakeKernelReply(entry: $0, flags: isDump ? .multipart : [], sequence: request.sequence)
      }
      if isDump {
        let done = Entry(type: MessageType.done) { $0.append(Int32(0)) }
        replies.append(FakeKernelReply(entry: done, flags: .multipart, sequence: request.sequence))
      } else if request.flags.contains(.acknowledge) {
        replies.append(acknowledgement(of: request, errno: 0))
      }
      return replies
    }
  }

  /// `struct nlmsgerr`, with the request's header and not its body (`NETLINK_CAP_ACK`).
  private static func acknowledgement(of request: MessageHeader, errno: Int32) -> FakeKernelReply {
    let entry = Entry(type: MessageType.error) {
      $0.append(0 - errno)
      $0.append(request.length)
      $0.append(request.type)
      $0.append(request.flags.rawValue)
      $0.append(request.sequence)
      $0.append(request.port)
    }
    return FakeKernelReply(
      entry: entry, flags: .capped, sequence: request.sequence, isAcknowledgement: errno == 0)
  }
}

/// An errno that the fake kernel answers with (`asm-generic/errno-base.h`).
struct FakeKernelErrno: Error {
  let rawValue: Int32
  init(_ rawValue: Int32) { self.rawValue = rawValue }

  static let notFound = FakeKernelErrno(2)
  static let noSuchProcess = FakeKernelErrno(3)
  static let busy = FakeKernelErrno(16)
  static let exists = FakeKernelErrno(17)
  static let invalid = FakeKernelErrno(22)
  static let outOfRange = FakeKernelErrno(34)
  static let notSupported = FakeKernelErrno(95)
  static let familyNotSupported = FakeKernelErrno(97)
}

/// Attributes by type, as the kernel's parser keeps them: the last of a type counts.
struct FakeKernelAttributes: Hashable {
  private var values: [UInt16: [UInt8]]

  init(_ bytes: [UInt8], from start: Int = 0) {
    values = FakeKernelAttributes.values(in: bytes, from: start)
  }

  private static func values(in bytes: [UInt8], from start: Int) -> [UInt16: [UInt8]] {
    var values: [UInt16: [UInt8]] = [:]
    do {
      let span = unsafe bytes.span.bytes
      try span.forEachAttribute(from: start) { type, value throws(NetlinkError) in
        values[type] = value.byteArray()
      }
    } catch {
      fatalError("the code under test sent malformed attributes: \(error)")
    }
    return values
  }

  subscript(_ type: UInt16) -> [UInt8]? {
    get { values[type] }
    set { values[type] = newValue }
  }

  func nested(_ type: UInt16) -> FakeKernelAttributes? {
    values[type].map { FakeKernelAttributes($0) }
  }

  /// The number in an attribute of up to four bytes, in host order.
  func number(_ type: UInt16) -> UInt32? {
    values[type].map { $0.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }
  }

  func string(_ type: UInt16) -> String? {
    values[type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
