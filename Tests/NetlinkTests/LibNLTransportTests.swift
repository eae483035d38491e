import Glibc
import Netlink
import Testing

/// Against the kernel that runs the tests; nothing here needs a privilege.
@Suite struct LibNLTransportTests {
  @Test func theKernelAnswersOverLibNL() throws {
    let transport = try LibNLTransport(.generic)
    #expect(transport.portID != 0)
    // GENL_ID_CTRL
    #expect(try GenericNetlink.resolve(family: "nlctrl", over: NetlinkConnection(transport)).id == 16)
  }

  @Test func twoSocketsHaveTwoPorts() throws {
    let first = try LibNLTransport(.generic)
    let second = try LibNLTransport(.route)
    #expect(first.descriptor != second.descriptor)
    #expect(first.portID != second.portID)
  }

  @Test func theDescriptorIsClosedOnExec() throws {
    let transport = try LibNLTransport(.generic)
    #expect(fcntl(transport.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func anUnknownFamilyIsNotFound() throws {
    let connection = NetlinkConnection(try LibNLTransport(.generic))
    let failure = code { () throws(NetlinkError) in
      _ = try GenericNetlink.resolve(family: "lbd-none", over: connection)
    }
    #expect(failure == .familyNotFound("lbd-none"))
  }

  @Test func nothingToReceiveIsATimeoutAtOnce() throws {
    let transport = try LibNLTransport(.generic)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let failure = code { () throws(NetlinkError) in
      _ = try transport.receive(into: &buffer, deadline: .now)
    }
    #expect(failure == .timedOut)
  }

  @Test func aDatagramLargerThanTheBufferIsAnError() throws {
    let transport = try LibNLTransport(.generic)
    var builder = MessageBuilder()
    // CTRL_CMD_GETFAMILY of "nlctrl" answers with more than 16 bytes.
    builder.message(type: 16, flags: .request) {
      $0.genericHeader(command: 3)
      $0.attribute(2, "nlctrl")
    }
    try transport.send(builder.bytes)
    var buffer = [UInt8](repeating: 0, count: 16)
    let failure = code { () throws(NetlinkError) in
      _ = try transport.receive(into: &buffer, deadline: .now + .seconds(5))
    }
    #expect(failure == .malformedReply)
  }

  @Test func aDumpReadsTheKernelsFamilies() throws {
    let connection = NetlinkConnection(try LibNLTransport(.generic))
    var names: [String] = []
    try connection.dump("list the families") { builder in
      builder.message(type: 16) { $0.genericHeader(command: 3) }
    } each: { _, payload throws(NetlinkError) in
      try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value in
        if type == 2 { names.append(value.string()) }
      }
    }
    #expect(names.contains("nlctrl"))
  }
}
