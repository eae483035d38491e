import Netlink

/// A service in the fake kernel's table.
struct FakeKernelService {
  struct Key: Hashable {
    var family: UInt32
    /// Address, port and protocol, or the mark.
    var rest: [[UInt8]]

    init(_ attributes: FakeKernelAttributes) throws(FakeKernelErrno) {
      guard let family = attributes.number(1) else { throw .invalid }
      guard family == 2 || family == 10 else { throw .familyNotSupported }
      self.family = family
      if let mark = attributes[5] {
        rest = [mark]
      } else if let number = attributes[2], let address = attributes[3], let port = attributes[4] {
        rest = [number, address, port]
      } else {
        throw .invalid
      }
    }
  }

  var key: Key
  var settings: FakeKernelAttributes
  var destinations: [FakeKernelDestination] = []

  /// `ip_vs_genl_fill_service`
  func entry(_ type: UInt16) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: type) {
      $0.genericHeader(command: 1)
      $0.nested(1) {
        for attribute: UInt16 in [1, 2, 3, 4, 5, 6, 11] {
          if let value = settings[attribute] { $0.attribute(attribute, bytes: value) }
        }
        // Flags come back with IP_VS_SVC_F_HASHED set.
        let flags = (settings.number(7) ?? 0) | 2
        $0.attribute(7, UInt64(flags) | UInt64(UInt32.max) << 32)
        for attribute: UInt16 in [8, 9] {
          if let value = settings[attribute] { $0.attribute(attribute, bytes: value) }
        }
        fakeStatistics(into: &$0, type: 12)
      }
    }
  }
}

/// A destination in the fake kernel's table.
struct FakeKernelDestination {
  var settings: FakeKernelAttributes

  init(settings: FakeKernelAttributes, family: UInt32) {
    self.settings = settings
    if settings[11] == nil { self.settings[11] = [UInt8(family), 0] }
    // What a request leaves out falls back to IP in IP.
    if settings[13] == nil { self.settings[13] = [0] }
    if settings[14] == nil { self.settings[14] = [0, 0] }
    if settings[15] == nil { self.settings[15] = [0, 0] }
  }

  /// `ip_vs_genl_fill_dest`
  func entry(_ type: UInt16, isIdle: Bool = false) -> FakeKernelReply.Entry {
    FakeKernelReply.Entry(type: type) {
      $0.genericHeader(command: 5)
      $0.nested(2) {
        for attribute: UInt16 in [1, 2, 3, 4, 13, 14, 15, 5, 6] {
          if let value = settings[attribute] { $0.attribute(attribute, bytes: value) }
        }
        $0.attribute(7, UInt32(isIdle ? 0 : 11))
        $0.attribute(8, UInt32(isIdle ? 0 : 12))
        $0.attribute(9, UInt32(isIdle ? 0 : 13))
        $0.attribute(11, bytes: settings[11] ?? [])
        fakeStatistics(into: &$0, type: 12)
      }
    }
  }
}

/// Statistics that read 1 to 10, with the padding attribute (11) that the kernel writes before each.
private func fakeStatistics(into builder: inout MessageBuilder, type: UInt16) {
  builder.nested(type) {
    for number in 1...10 {
      $0.flag(11)
      $0.attribute(UInt16(number), UInt64(number))
    }
  }
}
