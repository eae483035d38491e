#if !_endian(little)
  #error("headers are written as integers of a little-endian host")
#endif

/// Writes netlink messages one behind the other into one piece of memory. Integers are written in host order.
@safe
public struct MessageBuilder: ~Copyable {
  /// The number of bytes written.
  public var byteCount: Int { end }
  /// Whether an attribute came out longer than 65,535 bytes, which its length field cannot say.
  public private(set) var hasOverflowed = false

  // Bare memory: an array asks before each store whether it is shared, and a large table has 300,000 attributes.
  @usableFromInline
  var memory: UnsafeMutableRawBufferPointer
  @usableFromInline
  var end = 0

  public init(reservingCapacity capacity: Int = 512) {
    unsafe memory = .allocate(byteCount: capacity, alignment: 8)
  }

  deinit { unsafe memory.deallocate() }

  /// A copy of what was written.
  public var bytes: [UInt8] { unsafe [UInt8](memory[..<end]) }

  /// Appends one message; the connection fills in sequence number and port.
  @inlinable
  public mutating func message(type: UInt16, flags: MessageFlags = [], _ body: (inout MessageBuilder) -> Void) {
    let start = end
    append(UInt64(type) << 32 | UInt64(flags.rawValue) << 48)
    append(UInt64(0))
    body(&self)
    precondition(end - start >= 16, "a message was taken away while it was written")
    store(UInt32(truncatingIfNeeded: end - start), at: start)
    pad()
  }

  /// Appends an integer without an attribute's header, for headers of fixed size.
  @inlinable @inline(__always)
  public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    let start = extend(by: MemoryLayout<T>.size)
    store(value, at: start)
  }

  /// Appends an attribute that holds an integer; pass `value.bigEndian` where the wire wants network order.
  @inlinable @inline(__always)
  public mutating func attribute<T: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, _ value: T) {
    let size = MemoryLayout<T>.size
    guard size <= 4 else {
      let start = extend(by: 4 + size)
      store(UInt32(type) << 16 | UInt32(4 + size), at: start)
      store(value, at: start + 4)
      return
    }
    // Header, value and padding in one piece: this is what most attributes are.
    let padded = UInt64(truncatingIfNeeded: value) & (1 << (8 * UInt64(size)) - 1)
    append(padded << 32 | UInt64(type) << 16 | UInt64(4 + size))
  }

  /// Appends an attribute that holds text and a zero byte.
  public mutating func attribute(_ type: UInt16, _ text: String) {
    let start = end
    append(UInt32(type) << 16)
    for byte in text.utf8 { append(byte) }
    append(UInt8(0))
    endAttribute(at: start)
  }

  /// Appends an attribute of any bytes.
  public mutating func attribute(_ type: UInt16, bytes value: [UInt8]) {
    let start = extend(by: 4 + value.count)
    store(UInt32(type) << 16, at: start)
    unsafe memory[(start + 4)...].copyBytes(from: value)
    endAttribute(at: start)
  }

  /// Appends an attribute without a value.
  public mutating func flag(_ type: UInt16) {
    append(UInt32(type) << 16 | 4)
  }

  /// Appends an attribute that holds the attributes which `body` appends, marked `NLA_F_NESTED`.
  @inlinable @inline(__always)
  public mutating func nested(_ type: UInt16, _ body: (inout MessageBuilder) -> Void) {
    let start = end
    append(UInt32(type | 0x8000) << 16)
    body(&self)
    endAttribute(at: start)
  }

  @inlinable @inline(__always)
  mutating func endAttribute(at start: Int) {
    let length = end - start
    precondition(length >= 4, "an attribute was taken away while it was written")
    if length > Int(UInt16.max) { overflow() }
    store(UInt16(truncatingIfNeeded: length), at: start)
    pad()
  }

  @usableFromInline
  mutating func overflow() { hasOverflowed = true }

  @inlinable
  mutating func pad() {
    while end & 3 != 0 { append(UInt8(0)) }
  }

  /// Makes room for as many bytes behind what was written, and says where they begin.
  @inlinable @inline(__always)
  mutating func extend(by byteCount: Int) -> Int {
    let start = end
    end += byteCount
    if unsafe end > memory.count { makeRoom() }
    return start
  }

  /// For all up to `end`, which is past the room that there is.
  @usableFromInline
  mutating func makeRoom() {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * end, alignment: 8)
    unsafe larger.copyMemory(from: UnsafeRawBufferPointer(memory))
    unsafe memory.deallocate()
    unsafe memory = larger
  }

  @inlinable @inline(__always)
  mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    unsafe memory.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }
}

extension MessageBuilder {
  /// Numbers the message at this place.
  mutating func stamp(at offset: Int, sequence: UInt32, port: UInt32) {
    precondition(offset + 16 <= end)
    store(sequence, at: offset + 8)
    store(port, at: offset + 12)
  }

  mutating func addFlags(_ flags: MessageFlags, at offset: Int) {
    precondition(offset + 16 <= end)
    let present = unsafe memory.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
    store(present | flags.rawValue, at: offset + 6)
  }

  /// Takes off what was appended from this place on.
  mutating func detach(from offset: Int) -> [UInt8] {
    defer { end = offset }
    return unsafe [UInt8](memory[offset..<end])
  }

  /// Starts anew with these bytes.
  mutating func restart(with bytes: [UInt8]) {
    end = 0
    for byte in bytes { append(byte) }
  }
}
