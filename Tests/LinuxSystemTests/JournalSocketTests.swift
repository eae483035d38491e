import Glibc
import Testing

@testable import LinuxSystem

@Suite struct JournalSocketTests {
  /// The bytes of https://systemd.io/JOURNAL_NATIVE_PROTOCOL/.
  @Test func valuesWithLineEndsGoBehindTheirLength() {
    let bytes = JournalSocket.entry([
      (name: "MESSAGE", value: "héllo"), (name: "FOO", value: "a\nb"), (name: "EMPTY", value: ""),
    ])
    #expect(
      bytes == [
        0x4D, 0x45, 0x53, 0x53, 0x41, 0x47, 0x45, 0x3D,  // MESSAGE=
        0x68, 0xC3, 0xA9, 0x6C, 0x6C, 0x6F, 0x0A,  // héllo
        0x46, 0x4F, 0x4F, 0x0A, 3, 0, 0, 0, 0, 0, 0, 0,  // FOO, three bytes
        0x61, 0x0A, 0x62, 0x0A,  // a, b
        0x45, 0x4D, 0x50, 0x54, 0x59, 0x3D, 0x0A,  // EMPTY=
      ])
  }

  @Test func whoSentItsOutputElsewhereMeansNoJournal() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/stream"
    let file = OwnedDescriptor(try systemCall("open") { unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600) })
    var status = stat()
    _ = unsafe fstat(file.rawValue, &status)
    #expect(JournalSocket.isJournal(file.rawValue, stream: "\(status.st_dev):\(status.st_ino)"))
    #expect(!JournalSocket.isJournal(file.rawValue, stream: "\(status.st_dev):\(status.st_ino + 1)"))
    #expect(!JournalSocket.isJournal(file.rawValue, stream: ""))
  }

  @Test func saysWhyNothingArrived() throws {
    let socket = try JournalSocket(path: "/tmp/lbd-no-such-socket")
    let error = #expect(throws: SystemError.self) { try socket.send([(name: "MESSAGE", value: "x")]) }
    #expect(error == SystemError("send to /tmp/lbd-no-such-socket", errno: ENOENT))
  }
}
