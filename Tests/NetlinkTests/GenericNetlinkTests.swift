import Netlink
import TestSupport
import Testing

@Suite struct GenericNetlinkTests {
  @Test func asksTheControllerForTheFamily() throws {
    let kernel = FakeKernel()
    let family = try GenericNetlink.resolve(family: "IPVS", over: NetlinkConnection(kernel))
    #expect(family.id == 0x21)
    #expect(family.version == 1)
    #expect(
      kernel.sent[0].replacing(8..<12, with: [0, 0, 0, 0]) == [
        32, 0, 0, 0,  // nlmsg_len
        0x10, 0, 0x05, 0,  // GENL_ID_CTRL, REQUEST | ACK
        0, 0, 0, 0,  // nlmsg_seq, taken out
        0x90, 0x1F, 0x01, 0,  // nlmsg_pid
        3, 1, 0, 0,  // CTRL_CMD_GETFAMILY, version 1
        9, 0, 2, 0, 0x49, 0x50, 0x56, 0x53, 0, 0, 0, 0,  // CTRL_ATTR_FAMILY_NAME "IPVS"
      ])
  }

  @Test func aFamilyThatIsNotThereNamesTheRemedy() {
    let kernel = FakeKernel()
    kernel.hasIPVS = false
    do throws(NetlinkError) {
      _ = try GenericNetlink.resolve(family: "IPVS", over: NetlinkConnection(kernel))
      Issue.record("found")
    } catch {
      #expect(error.code == .familyNotFound("IPVS"))
      #expect(error.description.contains("modprobe ip_vs"))
    }
  }

  @Test func anAnswerWithoutNumberIsMalformed() {
    let transport = ScriptedTransport { sent in
      [.datagram(reply(16, to: sent[0]) { $0.genericHeader(command: 1) } + acknowledgement(sent[0]))]
    }
    let failure = code { () throws(NetlinkError) in
      _ = try GenericNetlink.resolve(family: "IPVS", over: NetlinkConnection(transport))
    }
    #expect(failure == .malformedReply)
  }
}
