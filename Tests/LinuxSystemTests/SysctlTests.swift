import Glibc
import Testing

@testable import LinuxSystem

@Suite struct SysctlTests {
  @Test func readsWithoutTheLineEnd() throws {
    #expect(try Sysctl.read("kernel/ostype") == "Linux")
  }

  @Test func writesAndReadsBack() throws {
    let directory = try TemporaryDirectory()
    try AtomicFile.write(Array("0\n".utf8), to: "\(directory.path)/eth0.5")
    try Sysctl.write("eth0.5", "1", under: directory.path)
    #expect(try BoundedFile.read("\(directory.path)/eth0.5", bytesMax: 10) == Array("1\n".utf8))
    #expect(try Sysctl.read("eth0.5", under: directory.path) == "1")
  }

  @Test func namesWhatIsMissing() {
    #expect(throws: SystemError("open /proc/sys/net/ipv4/vs/no_such", errno: ENOENT)) {
      try Sysctl.read("net/ipv4/vs/no_such")
    }
  }

  @Test(arguments: ["", "/kernel/ostype", "net/../kernel/ostype", "kernel//ostype", "kernel/ostype/", "."])
  func staysInItsTree(name: String) {
    #expect(throws: SystemError("sysctl '\(name)'", errno: EINVAL)) { try Sysctl.read(name) }
  }

  @Test func bootIdentifierIsStable() throws {
    let identifier = try BootIdentifier.read()
    #expect(identifier.utf8.count == 36)
    #expect(try BootIdentifier.read() == identifier)
  }
}
