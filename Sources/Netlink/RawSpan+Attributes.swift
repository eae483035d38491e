/// Reading what the kernel sent, every length checked. Values are in host order unless they say otherwise.
extension RawSpan {
  /// The integer at this place, in host order.
  ///
  /// - Throws: ``NetlinkError/Code/malformedReply`` when there are too few bytes.
  @inlinable
  public func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self, at offset: Int = 0
  ) throws(NetlinkError) -> T {
    guard offset >= 0, byteCount - offset >= MemoryLayout<T>.size else {
      throw .tooShort(byteCount, needed: offset + MemoryLayout<T>.size)
    }
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The integer at this place, which is in network order on the wire.
  @inlinable
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self, at offset: Int = 0
  ) throws(NetlinkError) -> T {
    T(bigEndian: try integer(type, at: offset))
  }

  /// The text up to the first zero byte or the end; what is no UTF-8 is replaced.
  public func string() -> String {
    String(decoding: byteArray().prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A copy of the bytes.
  public func byteArray() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Calls `body` with each attribute's type, without its flag bits, and its value.
  ///
  /// - Parameters:
  ///   - start: Where the attributes begin, after a header of fixed size.
  ///   - body: Takes the type and the value, which is only valid during the call.
  /// - Throws: ``NetlinkError/Code/malformedReply`` when an attribute is shorter than its header or ends past the end,
  ///   or what `body` throws. Source: `struct nlattr` in `linux/netlink.h`.
  @inlinable
  public func forEachAttribute(
    from start: Int = 0, _ body: (_ type: UInt16, _ value: RawSpan) throws(NetlinkError) -> Void
  ) throws(NetlinkError) {
    var offset = start
    while let (type, length) = try attribute(at: offset) {
      // Just checked.
      let value = unsafe extracting(unchecked: offset + 4..<offset + 4 + length)
      try body(type, value)
      offset += (length + 7) & ~3
    }
  }

  /// The attribute that begins here: its type, without its flag bits, and the length of its value, all of which is there.
  /// nil at the end.
  @inlinable
  func attribute(at offset: Int) throws(NetlinkError) -> (type: UInt16, length: Int)? {
    guard offset < byteCount else { return nil }
    // Length and type in one piece: a large table has half a million attributes.
    let lengthAndType = try integer(UInt32.self, at: offset)
    let length = Int(lengthAndType & 0xFFFF)
    guard length >= 4, length <= byteCount - offset else {
      throw .badLength(length, of: "attribute", remaining: byteCount - offset)
    }
    return (UInt16(truncatingIfNeeded: lengthAndType >> 16) & 0x3FFF, length - 4)
  }

  /// Calls `body` with each message of a datagram: its header and the bytes after that, until `body` returns false.
  ///
  /// - Throws: ``NetlinkError/Code/malformedReply`` when a message is shorter than its header or ends past the end,
  ///   or what `body` throws.
  @inlinable
  public func forEachMessage(
    _ body: (_ header: MessageHeader, _ payload: RawSpan) throws(NetlinkError) -> Bool
  ) throws(NetlinkError) {
    var offset = 0
    while offset < byteCount {
      let (first, second) = (try integer(UInt64.self, at: offset), try integer(UInt64.self, at: offset + 8))
      let header = MessageHeader(
        length: UInt32(truncatingIfNeeded: first), type: UInt16(truncatingIfNeeded: first >> 32),
        flags: MessageFlags(rawValue: UInt16(truncatingIfNeeded: first >> 48)),
        sequence: UInt32(truncatingIfNeeded: second), port: UInt32(truncatingIfNeeded: second >> 32))
      let length = Int(header.length)
      guard length >= MessageHeader.byteCount, length <= byteCount - offset else {
        throw .badLength(length, of: "message", remaining: byteCount - offset)
      }
      guard try body(header, extracting(offset + MessageHeader.byteCount..<offset + length)) else { return }
      offset += (length + 3) & ~3
    }
  }
}

extension NetlinkError {
  @usableFromInline
  static func tooShort(_ byteCount: Int, needed: Int) -> NetlinkError {
    .malformed("\(byteCount) bytes where \(needed) were expected")
  }

  @usableFromInline
  static func badLength(_ length: Int, of part: String, remaining: Int) -> NetlinkError {
    .malformed("\(part) of length \(length) in \(remaining) bytes")
  }
}
