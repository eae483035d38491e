/// Where among attributes the next one is expected, for those that come once each and are read by their types.
///
/// Who reads them in the order in which the kernel writes them finds each at once; any other order is right too. What
/// nobody asks for is not looked at, and of two of a type the next one counts.
public struct AttributeCursor {
  @usableFromInline
  var next = 0

  @inlinable
  public init() {}
}

extension RawSpan {
  /// The integer in the attribute of this type, in host order; nil where there is none.
  ///
  /// - Throws: ``NetlinkError/Code/malformedReply`` when there are too few bytes, or an attribute on the way is shorter
  ///   than its header or ends past the end.
  @inlinable @inline(__always)
  public func integer<T: FixedWidthInteger & BitwiseCopyable>(
    of type: UInt16, at cursor: inout AttributeCursor
  ) throws(NetlinkError) -> T? {
    let length = 4 + MemoryLayout<T>.size
    let place = cursor.next
    // Just what is expected: this is what nearly all attributes of a large table are.
    if byteCount &- place >= length,
      unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self) == UInt32(type) << 16 | UInt32(length)
    {
      cursor.next = place &+ (length + 3) & ~3
      return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: place &+ 4, as: T.self)
    }
    guard let value = try value(of: type, at: &cursor) else { return nil }
    return try extracting(value).integer()
  }

  /// The integer in the attribute of this type, which is in network order on the wire; nil where there is none.
  ///
  /// - Throws: As ``Swift/RawSpan/integer(of:at:)``.
  @inlinable @inline(__always)
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    of type: UInt16, at cursor: inout AttributeCursor
  ) throws(NetlinkError) -> T? {
    let value: T? = try integer(of: type, at: &cursor)
    return value.map { T(bigEndian: $0) }
  }

  /// The text in the attribute of this type; nil where there is none.
  ///
  /// - Throws: As ``Swift/RawSpan/integer(of:at:)``.
  public func string(of type: UInt16, at cursor: inout AttributeCursor) throws(NetlinkError) -> String? {
    guard let value = try value(of: type, at: &cursor) else { return nil }
    return extracting(value).string()
  }

  /// Where the value of the attribute of this type is; nil where there is none.
  ///
  /// - Throws: As ``Swift/RawSpan/integer(of:at:)``.
  public func value(of type: UInt16, at cursor: inout AttributeCursor) throws(NetlinkError) -> Range<Int>? {
    let expected = cursor.next
    if let behind = try find(type, from: expected, to: byteCount, &cursor) { return behind }
    return try find(type, from: 0, to: expected, &cursor)
  }

  private func find(
    _ type: UInt16, from start: Int, to end: Int, _ cursor: inout AttributeCursor
  ) throws(NetlinkError) -> Range<Int>? {
    var offset = start
    while offset < end, let found = try attribute(at: offset) {
      let next = offset + (found.length + 7) & ~3
      if found.type == type {
        cursor.next = next
        return offset + 4..<offset + 4 + found.length
      }
      offset = next
    }
    return nil
  }
}
