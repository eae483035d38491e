/// The kernel's answer to one message: done, or refused (`struct nlmsgerr` in `linux/netlink.h`).
struct Acknowledgement: Hashable {
  /// 0, or a positive errno.
  var errno: Int32
  var detail: String?

  /// Reads the payload of ``MessageType/error``.
  init(header: MessageHeader, payload: RawSpan) throws(NetlinkError) {
    errno = try Acknowledgement.errno(payload)
    guard errno != 0, header.flags.contains(.extended) else { return }
    let original = Int(try payload.integer(UInt32.self, at: 4))
    let repeated = header.flags.contains(.capped) ? MessageHeader.byteCount : (original + 3) & ~3
    detail = try Acknowledgement.words(payload, from: 4 + repeated)
  }

  /// Reads the payload of ``MessageType/done``, which carries the errno of a list that failed.
  init(done header: MessageHeader, payload: RawSpan) throws(NetlinkError) {
    errno = payload.byteCount < 4 ? 0 : try Acknowledgement.errno(payload)
    guard errno != 0, header.flags.contains(.extended) else { return }
    detail = try Acknowledgement.words(payload, from: 4)
  }

  private static func errno(_ payload: RawSpan) throws(NetlinkError) -> Int32 {
    let code = try payload.integer(Int32.self)
    // Negated by the kernel; a positive number is no error code (a list's end may carry one).
    return code < 0 ? 0 &- code : 0
  }

  private static func words(_ payload: RawSpan, from offset: Int) throws(NetlinkError) -> String? {
    var words: String?
    try payload.forEachAttribute(from: offset) { type, value throws(NetlinkError) in
      // NLMSGERR_ATTR_MSG
      if type == 1 { words = value.string() }
    }
    return words
  }
}
