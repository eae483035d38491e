import LoadBalancing

/// The units of DICOM's upper layer that a verification needs (PS3.8 section 9.3), and the commands in them
/// (PS3.7 annex E: implicit VR, little endian).
enum DICOMMessages {
  private static let verification = "1.2.840.10008.1.1"
  private static let contextID: UInt8 = 1
  /// Made from a UUID (PS3.5 annex B.2).
  private static let implementation = "2.25.302617486417829435764093157282517693147"
  private static let dataUnitBytesMax: UInt32 = 16_384

  static func associationRequest(_ check: DICOMCheck) -> [UInt8] {
    let proposal =
      [contextID, 0, 0, 0] + item(0x30, verification)
      // Implicit VR little endian, which every implementation knows (PS3.5 section 10.1).
      + item(0x40, "1.2.840.10008.1.2")
    let user = item(0x51, WireBytes.bigEndian(dataUnitBytesMax)) + item(0x52, implementation) + item(0x55, "LBD")
    return unit(
      1,
      // Protocol version 1.
      [0, 1, 0, 0] + title(check.calledAETitle) + title(check.callingAETitle) + [UInt8](repeating: 0, count: 32)
        + item(0x10, "1.2.840.10008.3.1.1.1") + item(0x20, proposal) + item(0x50, user))
  }

  /// C-ECHO-RQ (PS3.7 table 9.3-12): message 1, without a data set.
  static let echoRequest: [UInt8] = {
    let command =
      element(0x0002, Array(verification.utf8) + [0]) + element(0x0100, [0x30, 0]) + element(0x0110, [1, 0])
      + element(0x0800, [0x01, 0x01])
    let group = element(0x0000, WireBytes.littleEndian(UInt32(command.count))) + command
    // The last fragment of a command.
    return unit(4, WireBytes.bigEndian(UInt32(group.count + 2)) + [contextID, 3] + group)
  }()

  static let releaseRequest = unit(5, [0, 0, 0, 0])

  /// Whether an A-ASSOCIATE-AC (PS3.8 section 9.3.3) accepts the presentation context.
  static func acceptsVerification(_ unit: ReplyBuffer) -> Bool {
    // Behind version, titles and what is reserved.
    var place = 74
    while let type = unit.byte(at: place), let length = unit.integer(UInt16.self, at: place + 2) {
      if type == 0x21, length >= 4, unit.byte(at: place + 4) == contextID { return unit.byte(at: place + 6) == 0 }
      place += 4 + Int(length)
    }
    return false
  }

  /// The reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21).
  static func rejection(_ unit: ReplyBuffer) -> String {
    guard let source = unit.byte(at: 8), let reason = unit.byte(at: 9) else { return "without a reason" }
    switch (source, reason) {
    case (1, 2): return "application context name not supported"
    case (1, 3): return "calling AE title not recognized"
    case (1, 7): return "called AE title not recognized"
    case (2, 2): return "protocol version not supported"
    case (3, 1): return "temporary congestion"
    case (3, 2): return "local limit exceeded"
    default: return "source \(source), reason \(reason)"
    }
  }

  /// The status of a C-ECHO-RSP; nil when the unit holds none.
  static func echoStatus(_ unit: ReplyBuffer) -> UInt16? {
    guard unit.byte(at: 10) == contextID, let flags = unit.byte(at: 11), flags & 1 == 1 else { return nil }
    var place = 12
    var isResponse = false
    while let group = unit.integer(UInt16.self, at: place)?.byteSwapped, group == 0,
      let number = unit.integer(UInt16.self, at: place + 2)?.byteSwapped,
      let length = unit.integer(UInt32.self, at: place + 4)?.byteSwapped, length <= 1024
    {
      let value = unit.integer(UInt16.self, at: place + 8)?.byteSwapped
      if number == 0x0100 { isResponse = value == 0x8030 }
      if number == 0x0900 { return isResponse && length == 2 ? value : nil }
      place += 8 + Int(length)
    }
    return nil
  }

  private static func unit(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [type, 0] + WireBytes.bigEndian(UInt32(content.count)) + content
  }

  private static func item(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [type, 0] + WireBytes.bigEndian(UInt16(content.count)) + content
  }

  private static func item(_ type: UInt8, _ text: String) -> [UInt8] { item(type, Array(text.utf8)) }

  /// An element of group 0000.
  private static func element(_ number: UInt16, _ value: [UInt8]) -> [UInt8] {
    [0, 0] + WireBytes.littleEndian(number) + WireBytes.littleEndian(UInt32(value.count)) + value
  }

  /// An application entity's title: 16 characters, filled with blanks.
  private static func title(_ text: String) -> [UInt8] {
    Array((Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 16)).prefix(16))
  }
}
