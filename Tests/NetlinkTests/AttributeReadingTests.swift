import Netlink
import Testing

@Suite struct AttributeReadingTests {
  private func read(_ bytes: [UInt8], from start: Int = 0) throws(NetlinkError) -> [UInt16: [UInt8]] {
    var values: [UInt16: [UInt8]] = [:]
    let span = unsafe bytes.span.bytes
    try span.forEachAttribute(from: start) { type, value in values[type] = value.byteArray() }
    return values
  }

  @Test func attributesAreFoundBehindTheirPadding() throws {
    let values = try read(
      [
        9, 9, 9, 9,  // a header of fixed size
        5, 0, 1, 0, 7, 0, 0, 0,  // type 1, one byte
        8, 0, 2, 0x80, 1, 2, 3, 4,  // type 2, nested
        4, 0, 3, 0x40,  // type 3 in network order, empty
        6, 0, 4, 0, 1, 2,  // type 4, the last, unpadded
      ], from: 4)
    #expect(values == [1: [7], 2: [1, 2, 3, 4], 3: [], 4: [1, 2]])
  }

  @Test func noAttributesAreFine() throws {
    #expect(try read([]).isEmpty)
    #expect(try read([1, 2, 3, 4], from: 4).isEmpty)
  }

  /// Types 1 to 5: 16 bits in network order, 32 bits, text, 8 bits, a nested one.
  private static let named: [UInt8] = [
    6, 0, 1, 0, 0x12, 0x34, 0, 0, 8, 0, 2, 0, 1, 0, 0, 0, 7, 0, 3, 0, 0x72, 0x72, 0, 0, 5, 0, 4, 0, 9, 0, 0, 0, 8, 0,
    5, 0x80, 4, 0, 1, 0,
  ]

  @Test(arguments: [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 1, 5, 5, 2], [9, 2, 9, 1]] as [[UInt16]])
  func attributesAreFoundByTypeInAnyOrder(order: [UInt16]) throws {
    let span = unsafe Self.named.span.bytes
    var cursor = AttributeCursor()
    for type in order {
      switch type {
      case 1: #expect(try span.bigEndian(of: 1, at: &cursor) == UInt16(0x1234))
      case 2: #expect(try span.integer(of: 2, at: &cursor) == UInt32(1))
      case 3: #expect(try span.string(of: 3, at: &cursor) == "rr")
      case 4: #expect(try span.integer(of: 4, at: &cursor) == UInt8(9))
      case 5: #expect(try span.value(of: 5, at: &cursor) == 36..<40)
      default:
        let absent: UInt32? = try span.integer(of: type, at: &cursor)
        #expect(absent == nil)
      }
    }
  }

  @Test func anAttributeOfAnotherLengthIsReadAsFarAsItIsLongEnough() throws {
    let span = unsafe Self.named.span.bytes
    var cursor = AttributeCursor()
    let narrow: UInt16? = try span.integer(of: 2, at: &cursor)
    #expect(narrow == 1)
    let failure = code { () throws(NetlinkError) in
      let _: UInt64? = try span.integer(of: 2, at: &cursor)
    }
    #expect(failure == .malformedReply)
  }

  @Test(
    arguments: [
      [4, 0],  // half a header
      [3, 0, 7, 0],  // shorter than its own header
      [8, 0, 7, 0, 1, 2],  // ends past the end
      [8, 0, 1, 0, 1, 2],  // so does the one that is expected
    ] as [[UInt8]])
  func badAttributesOnTheWayAreErrors(bytes: [UInt8]) {
    let span = unsafe bytes.span.bytes
    var cursor = AttributeCursor()
    let failure = code { () throws(NetlinkError) in
      let _: UInt32? = try span.integer(of: 1, at: &cursor)
    }
    #expect(failure == .malformedReply)
  }

  @Test(
    arguments: [
      [0, 0, 1, 0],  // length 0 would loop for ever
      [3, 0, 1, 0],  // shorter than its own header
      [9, 0, 1, 0, 1, 2, 3, 4],  // ends one byte past the end
      [0xFF, 0xFF, 1, 0, 1, 2, 3, 4],
      [4, 0],  // half a header
      [4, 0, 1],
      [4, 0, 1, 0, 4],  // half a header behind a good attribute
    ] as [[UInt8]])
  func badLengthsAreErrors(bytes: [UInt8]) {
    #expect(code { () throws(NetlinkError) in _ = try read(bytes) } == .malformedReply)
  }

  @Test(
    arguments: [
      [15, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],  // shorter than a header
      [0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [17, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],  // past the end
      [0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [16, 0, 0, 0, 3, 0, 0],  // half a header
    ] as [[UInt8]])
  func badMessagesAreErrors(bytes: [UInt8]) {
    let failure = code { () throws(NetlinkError) in
      let span = unsafe bytes.span.bytes
      try span.forEachMessage { _, _ in true }
    }
    #expect(failure == .malformedReply)
  }

  @Test func aValueTooShortForItsTypeIsAnError() {
    let bytes: [UInt8] = [1, 2, 3]
    let span = unsafe bytes.span.bytes
    #expect(code { () throws(NetlinkError) in _ = try span.integer(UInt32.self) } == .malformedReply)
    #expect(code { () throws(NetlinkError) in _ = try span.integer(UInt16.self, at: 2) } == .malformedReply)
    #expect(code { () throws(NetlinkError) in _ = try span.integer(UInt8.self, at: -1) } == .malformedReply)
  }

  @Test func numbersAndTextComeOut() throws {
    let bytes: [UInt8] = [0x77, 0x6C, 0x63, 0, 0x78]
    let span = unsafe bytes.span.bytes
    #expect(try span.integer(UInt16.self) == 0x6C77)
    #expect(try span.bigEndian(UInt16.self, at: 1) == 0x6C63)
    #expect(span.string() == "wlc")
    #expect(span.byteArray() == bytes)
  }

  @Test func textWithoutItsZeroByteEndsAtTheEnd() {
    let bytes: [UInt8] = [0x72, 0xFF]
    #expect(unsafe bytes.span.bytes.string() == "r\u{FFFD}")
  }
}
