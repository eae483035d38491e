/// The files of one configuration as the bytes of one file.
///
/// A first line `lbd configuration 1`; for each file a line `file PATH-BYTES CONTENT-BYTES READ-AT`, the path, a line end,
/// the content, a line end; a last line `end COUNT`, which a file that was cut off lacks.
enum ConfigurationArchive {
  private static let heading = "lbd configuration 1\n"

  static func bytes(of files: [SourceFile]) -> [UInt8] {
    var bytes = Array(heading.utf8)
    for file in files {
      bytes += "file \(file.path.utf8.count) \(file.bytes.count) \(file.readAt)\n\(file.path)\n".utf8
      bytes += file.bytes
      bytes.append(lineEnd)
    }
    bytes += "end \(files.count)\n".utf8
    return bytes
  }

  /// nil for bytes that are no whole archive.
  static func files(in bytes: [UInt8]) -> [SourceFile]? {
    guard bytes.starts(with: heading.utf8) else { return nil }
    var rest = bytes.dropFirst(heading.utf8.count)
    var files: [SourceFile] = []
    while let end = rest.firstIndex(of: lineEnd) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[(end + 1)...]
      if words.first == "end" {
        return words.count == 2 && Int(words[1]) == files.count && rest.isEmpty ? files : nil
      }
      guard words.count == 4, words[0] == "file", let pathBytes = Int(decimal: words[1]),
        let contentBytes = Int(decimal: words[2]), let readAt = Double(words[3]),
        let path = part(pathBytes, of: &rest), let content = part(contentBytes, of: &rest)
      else { return nil }
      files.append(SourceFile(path: String(decoding: path, as: UTF8.self), bytes: Array(content), readAt: readAt))
    }
    return nil
  }

  private static let lineEnd = UInt8(ascii: "\n")

  private static func part(_ count: Int, of rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard count < rest.count, rest[rest.startIndex + count] == lineEnd else { return nil }
    let part = rest.prefix(count)
    rest = rest.dropFirst(count + 1)
    return part
  }
}
