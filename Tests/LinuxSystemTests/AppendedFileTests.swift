import Glibc
import Testing

@testable import LinuxSystem

@Suite struct AppendedFileTests {
  @Test func aFullDiskIsNamed() throws {
    let file = try AppendedFile("/dev/full", permissions: 0o600)
    let error = #expect(throws: SystemError.self) { try file.append(Array("line\n".utf8), at: 0) }
    #expect(error == SystemError("write /dev/full", errno: ENOSPC))
  }

  @Test func aTornLineGetsAnEndOfItsOwn() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/lines"
    for text in ["one\n", "tw", "three\n"] {
      let file = try AppendedFile(path, permissions: 0o600)
      try file.append(Array(text.utf8), at: try file.size)
    }
    #expect(String(decoding: try BoundedFile.read(path, bytesMax: 100), as: UTF8.self) == "one\ntw\nthree\n")
  }
}
