import FoundationEssentials
import Glibc
import LinuxSystem

/// Writes a support bundle: a directory that only its owner can read, packed by tar(1).
struct SupportArchive {
  /// The archive's path, `….tar.gz`.
  let path: String

  /// - Throws: ``CommandFailure`` when the archive cannot be written.
  func write(_ items: [CollectedItem]) async throws(CommandFailure) {
    umask(0o077)
    let directory = path + ".d"
    let name = "lbd-support"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    do {
      for part in [directory, "\(directory)/\(name)"] {
        try FileManager.default.createDirectory(
          atPath: part, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      }
      for item in items {
        try AtomicFile.write(item.content, to: "\(directory)/\(name)/\(item.name)")
      }
    } catch {
      throw CommandFailure(
        status: .failed, message: "the bundle cannot be written: \(error); name another place with --output FILE")
    }
    let tar = ChildProcess(
      words: ["tar", "--create", "--gzip", "--file", path, "--directory", directory, name], timeLimit: .seconds(120))
    let (output, ending) = await tar.run()
    guard ending == .exited(0) else {
      let words = String(decoding: output, as: UTF8.self)
      throw CommandFailure(status: .failed, message: "tar could not write \(path): \(ending) \(words)")
    }
  }
}
