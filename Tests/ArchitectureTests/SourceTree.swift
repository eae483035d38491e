import Foundation

/// The package's own source files.
struct SourceTree {
  struct File {
    /// From the package's root: `Sources/IPVS/IPVSTable.swift`.
    let path: String
    let lines: [String]

    /// The folder below Sources that it belongs to.
    var room: String { String(path.split(separator: "/")[1]) }

    /// The modules that it imports.
    var imports: [String] {
      lines.compactMap { line in
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }.map(String.init)
        let access: Set = ["public", "package", "internal", "fileprivate", "private"]
        let rest = words.first.map(access.contains) == true ? words.dropFirst() : words[...]
        guard rest.first == "import", let module = rest.last else { return nil }
        return module.split(separator: ".").first.map(String.init)
      }
    }
  }

  /// Every Swift file below Sources.
  let files: [File]

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = root.appending(path: "Sources").resolvingSymlinksInPath()
    let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
    files = try paths.sorted().map { path in
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      return File(
        path: "Sources/" + path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }
}
