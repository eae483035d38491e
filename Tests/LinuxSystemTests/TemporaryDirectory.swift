import Glibc

@testable import LinuxSystem

/// A directory of its own for a test, removed with what it holds.
struct TemporaryDirectory: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/lbd-test-XXXXXX".utf8CString)
    let made = unsafe mkdtemp(&template)
    guard unsafe made != nil else { throw SystemError("make a temporary directory", errno: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var entries: [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  deinit {
    for name in entries { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
