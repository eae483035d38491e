import Glibc
import Testing

@testable import LinuxSystem

@Suite struct AtomicFileTests {
  private func mode(of path: String) throws -> UInt32 {
    var status = stat()
    try systemCall("stat") { unsafe stat(path, &status) }
    return status.st_mode & 0o7777
  }

  @Test func makesANewFileWithExactlyTheMode() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/state.json"
    try AtomicFile.write([1, 2, 3], to: path, permissions: 0o666)
    #expect(try BoundedFile.read(path, bytesMax: 3) == [1, 2, 3])
    #expect(try mode(of: path) == 0o666)
    #expect(directory.entries == ["state.json"])
  }

  @Test func keepsTheModeOfAnExistingFile() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/lbd.xml"
    try AtomicFile.write([1], to: path, permissions: 0o640)
    try AtomicFile.write([UInt8](repeating: 7, count: 200_000), to: path, permissions: 0o600)
    #expect(try BoundedFile.read(path, bytesMax: 200_000).count == 200_000)
    #expect(try mode(of: path) == 0o640)
  }

  @Test(.enabled(if: geteuid() == 0)) func aNewFileOfRootsBelongsToTheOwnerOfItsDirectory() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/state.json"
    try systemCall("chown") { unsafe chown(directory.path, 4711, 4712) }
    try AtomicFile.write([1], to: path)
    var status = stat()
    try systemCall("stat") { unsafe stat(path, &status) }
    #expect(status.st_uid == 4711 && status.st_gid == 4712)
    // What is there keeps its own.
    try systemCall("chown") { unsafe chown(path, 0, 0) }
    try AtomicFile.write([2], to: path)
    try systemCall("stat") { unsafe stat(path, &status) }
    #expect(status.st_uid == 0 && status.st_gid == 0)
  }

  @Test func replacesWhatASymbolicLinkNames() throws {
    let directory = try TemporaryDirectory()
    try AtomicFile.write([1], to: "\(directory.path)/real")
    try systemCall("symlink") { unsafe symlink("real", "\(directory.path)/link") }
    try AtomicFile.write([2], to: "\(directory.path)/link")
    #expect(try BoundedFile.read("\(directory.path)/real", bytesMax: 1) == [2])
    #expect(directory.entries == ["link", "real"])
  }

  @Test func replacesALinkThatIsNotToBeFollowed() throws {
    let directory = try TemporaryDirectory()
    let (real, link) = ("\(directory.path)/real", "\(directory.path)/link")
    try AtomicFile.write([1], to: real)
    try systemCall("symlink") { unsafe symlink("real", link) }
    #expect(throws: SystemError("open \(link)", errno: ELOOP)) {
      try BoundedFile.read(link, bytesMax: 1, followsLinks: false)
    }
    try AtomicFile.write([2], to: link, permissions: 0o600, followsLinks: false)
    #expect(try BoundedFile.read(real, bytesMax: 1) == [1])
    #expect(try BoundedFile.read(link, bytesMax: 1, followsLinks: false) == [2])
    #expect(try mode(of: link) == 0o600)
  }

  @Test func leavesNothingBehindWhenItFails() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/folder"
    try systemCall("mkdir") { unsafe mkdir(path, 0o700) }
    #expect(throws: SystemError.self) { try AtomicFile.write([1], to: path) }
    #expect(directory.entries == ["folder"])
    unsafe rmdir(path)
  }

  @Test func namesAMissingDirectory() {
    let error = #expect(throws: SystemError.self) { try AtomicFile.write([1], to: "/tmp/lbd-no-such/state.json") }
    #expect(error?.errno == ENOENT)
  }

  @Test func readingRefusesWhatIsTooLarge() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/large"
    try AtomicFile.write([UInt8](repeating: 0, count: 11), to: path)
    #expect(throws: SystemError("read \(path)", errno: EFBIG)) { try BoundedFile.read(path, bytesMax: 10) }
    #expect(try BoundedFile.read(path, bytesMax: 11).count == 11)
  }
}
