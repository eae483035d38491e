import Glibc
import LinuxSystem

extension ConfigurationSources {
  /// More drop-ins than these are no configuration.
  static let filesMax = 10_000
  /// All files together; the reader keeps them, and the history too.
  static let bytesMax = 256 << 20

  /// The files that are there, main file first, then the drop-ins in byte order of their names.
  ///
  /// - Returns: the paths, and what could not be looked at.
  public func paths() -> (paths: [String], problems: [ConfigurationProblem]) {
    var paths: [String] = []
    var problems: [ConfigurationProblem] = []
    if let mainFile, !isMissing(mainFile) { paths.append(mainFile) }
    guard let dropInDirectory else { return (paths, problems) }
    do throws(SystemError) {
      let names = try dropIns(in: dropInDirectory)
      let directory = dropInDirectory.hasSuffix("/") ? dropInDirectory : dropInDirectory + "/"
      for name in names {
        let path = directory + String(decoding: name, as: UTF8.self)
        if String(validating: name, as: UTF8.self) != nil {
          paths.append(path)
        } else {
          problems.append(ConfigurationProblem(file: path, line: nil, message: "the name is no UTF-8; rename the file"))
        }
      }
    } catch {
      if error.errno != ENOENT || isLink(dropInDirectory) {
        problems.append(ConfigurationProblem(error, file: dropInDirectory))
      }
    }
    if paths.count > Self.filesMax {
      problems.append(
        ConfigurationProblem(
          file: dropInDirectory, line: nil,
          message: "there are \(paths.count) files; at most \(Self.filesMax) are allowed"))
      paths = []
    }
    return (paths, problems)
  }

  /// Reads every file; one that vanishes meanwhile is as if it had never been there.
  func read() -> (files: [SourceFile], problems: [ConfigurationProblem]) {
    var (paths, problems) = paths()
    var files: [SourceFile] = []
    var total = 0
    for path in paths {
      do throws(SystemError) {
        let bytes = try regularFile(path)
        total += bytes.count
        guard total <= Self.bytesMax else { throw SystemError("read \(path) and those before it", errno: EFBIG) }
        files.append(SourceFile(path: path, bytes: bytes, readAt: WallClock.now()))
      } catch {
        guard error.errno != ENOENT || isLink(path) else { continue }
        let limit = error.errno == EFBIG ? "; at most \(XMLLimits.fileBytesMax >> 20) MiB are allowed" : ""
        problems.append(ConfigurationProblem(error, file: path, hint: limit))
        if total > Self.bytesMax { break }
      }
    }
    return (files, problems)
  }

  private func isMissing(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) != 0 && errno == ENOENT
  }

  private func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// A pipe or a device would hold up the reader, and a directory has no bytes.
  private func regularFile(_ path: String) throws(SystemError) -> [UInt8] {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw SystemError("read \(path)", errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("read \(path), which is no regular file", errno: EINVAL)
    }
    return try BoundedFile.read(path, bytesMax: XMLLimits.fileBytesMax)
  }

  private func dropIns(in directory: String) throws(SystemError) -> [[UInt8]] {
    try DirectoryListing.names(in: directory)
      .filter { $0.first != UInt8(ascii: ".") && $0.suffix(4).elementsEqual(".xml".utf8) }
  }
}
