import Netlink
import Testing

@Suite struct NetlinkErrorTests {
  @Test(arguments: [
    (NetlinkError.Code.kernel(1), "Operation not permitted (EPERM, errno 1); it needs the capability CAP_NET_ADMIN"),
    (.kernel(2), "No such file or directory (ENOENT, errno 2)"),
    (.system(105), "No buffer space available (ENOBUFS, errno 105)"),
    (.kernel(4000), "(errno 4000)"),
    (.timedOut, "must be read again"),
    (.repliesLost, "must be read again"),
    (.dumpInterrupted, "read it again"),
    (.familyNotFound("IPVS"), "modprobe ip_vs"),
    (.familyNotFound("other"), "'other'"),
    (.malformedReply, "malformed"),
    (.messageTooLarge, "too large"),
  ])
  func everyErrorSaysWhatItMeans(code: NetlinkError.Code, expected: String) {
    let description = NetlinkError(code, "read the table").description
    #expect(description.hasPrefix("cannot read the table: "))
    #expect(description.contains(expected))
  }
}
