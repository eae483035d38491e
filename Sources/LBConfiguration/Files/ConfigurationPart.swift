/// An element of a configuration as it stands in its file.
public struct ConfigurationPart: Hashable, Sendable {
  /// The element's name.
  public let element: String
  public let label: String?
  public let location: SourceLocation
  /// As in the file, secrets blotted out.
  public let text: String
}

extension ConfigurationPart {
  /// What stands for a secret.
  private static let blot = Array("***".utf8)
  private static let secrets: Set = ["password", "secret"]

  /// Every element inside the outermost ones, in the order of files and lines; files that are no XML are left out.
  public static func parts(of files: [SourceFile]) -> [ConfigurationPart] {
    files.flatMap { file in
      guard let document = try? XMLScanner.scan(file.bytes) else { return [ConfigurationPart]() }
      let comments = document.comments.filter { isSecret(document.text($0)) }
      return document.root.children.map { element in
        ConfigurationPart(
          element: element.name, label: element.attribute("label")?.value,
          location: SourceLocation(file: file.path, line: element.line),
          text: text(of: element, in: document, without: comments))
      }
    }
  }

  private static func text(
    of element: ScannedElement, in document: ScannedDocument, without comments: [Range<Int>]
  ) -> String {
    var bytes = document.bytes[element.range]
    let hidden = hidden(in: element) + comments.filter { element.range.contains($0.lowerBound) }
    for range in hidden.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      bytes.replaceSubrange(range, with: blot)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hidden(in element: ScannedElement) -> [Range<Int>] {
    element.attributes.filter { secrets.contains($0.name) }.map(\.valueRange) + element.children.flatMap(hidden)
  }

  /// Whether a comment speaks of secrets: a check that is put aside still has its password.
  private static func isSecret(_ comment: String) -> Bool { secrets.contains(where: comment.lowercased().contains) }
}
