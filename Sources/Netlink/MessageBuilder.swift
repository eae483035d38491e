#if !_endian(little)
  #error("headers are written as integers of a little-endian host")
#endif

/// Writes netlink messages one behind the other into one array of bytes. Integers are written in host order.
public struct MessageBuilder: Sendable {
  public var bytes: [UInt8] { storage }
  /// Whether an attribute came out longer than 65,535 bytes, which its length field cannot say.
  public private(set) var hasOverflowed = false

  @usableFromInline
  var storage: [UInt8] = []

  public init(reservingCapacity capacity: Int = 512) {
    storage.reserveCapacity(capacity)
  }

  /// Appends one message; the connection fills in sequence number and port.
  @inlinable
  public mutating func message(type: UInt16, flags: MessageFlags = [], _ body: (inout MessageBuilder) -> Void) {
    let start = storage.count
    append(UInt32(0))
    append(UInt32(type) | UInt32(flags.rawValue) << 16)
    append(UInt64(0))
    body(&self)
    store(UInt32(truncatingIfNeeded: storage.count - start), at: start)
    pad()
  }

  /// Appends an integer without an attribute's header, for headers of fixed size.
  @inlinable
  public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    unsafe withUnsafeBytes(of: value) { unsafe append($0) }
  }

  /// Appends an attribute of up to four bytes; pass `value.bigEndian` where the wire wants network order.
  @inlinable
  public mutating func attribute<T: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, _ value: T) {
    let size = MemoryLayout<T>.size
    guard size <= 4 else {
      append(UInt32(type) << 16 | UInt32(4 + size))
      append(value)
      return
    }
    // Header, value and padding in one piece: this is what most attributes are.
    let padded = UInt64(truncatingIfNeeded: value) & (1 << (8 * UInt64(size)) - 1)
    append(padded << 32 | UInt64(type) << 16 | UInt64(4 + size))
  }

  /// Appends an attribute that holds text and a zero byte.
  public mutating func attribute(_ type: UInt16, _ text: String) {
    attribute(type, bytes: Array(text.utf8) + [0])
  }

  /// Appends an attribute of any storage.
  public mutating func attribute(_ type: UInt16, bytes value: some Collection<UInt8>) {
    let start = storage.count
    append(UInt32(type) << 16)
    storage.append(contentsOf: value)
    endAttribute(at: start)
  }

  /// Appends an attribute without a value.
  public mutating func flag(_ type: UInt16) {
    append(UInt32(type) << 16 | 4)
  }

  /// Appends an attribute that holds the attributes which `body` appends, marked `NLA_F_NESTED`.
  @inlinable
  public mutating func nested(_ type: UInt16, _ body: (inout MessageBuilder) -> Void) {
    let start = storage.count
    append(UInt32(type | 0x8000) << 16)
    body(&self)
    endAttribute(at: start)
  }

  @usableFromInline
  mutating func endAttribute(at start: Int) {
    let length = storage.count - start
    if length > Int(UInt16.max) { hasOverflowed = true }
    store(UInt16(truncatingIfNeeded: length), at: start)
    pad()
  }

  @inlinable
  mutating func append(_ buffer: UnsafeRawBufferPointer) {
    unsafe storage.append(contentsOf: buffer)
  }

  @inlinable
  mutating func pad() {
    while storage.count & 3 != 0 { storage.append(0) }
  }

  @inlinable
  mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    unsafe storage.withUnsafeMutableBytes { unsafe $0.storeBytes(of: value, toByteOffset: offset, as: T.self) }
  }
}

extension MessageBuilder {
  /// Numbers the message at this place.
  mutating func stamp(at offset: Int, sequence: UInt32, port: UInt32) {
    store(sequence, at: offset + 8)
    store(port, at: offset + 12)
  }

  mutating func addFlags(_ flags: MessageFlags, at offset: Int) {
    let present = UInt16(storage[offset + 6]) | UInt16(storage[offset + 7]) << 8
    store(UInt16(littleEndian: present) | flags.rawValue, at: offset + 6)
  }

  /// Takes off what was appended from this place on.
  mutating func detach(from offset: Int) -> MessageBuilder {
    var tail = MessageBuilder(reservingCapacity: 32 * 1024)
    tail.storage.append(contentsOf: storage[offset...])
    storage.removeLast(storage.count - offset)
    return tail
  }
}
