import Testing

@testable import LBConfiguration

/// The page lbd.xml(5) has what the format has; `Scripts/manual` writes it.
@Suite struct ManualPageTests {
  private let page: String

  init() throws { page = String(decoding: try ProjectFiles.bytes("Config/man/lbd.xml.5"), as: UTF8.self) }

  private func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
  private func escaped(_ text: String) -> String { text.replacing("-", with: "\\-") }

  /// From a heading to the next.
  private func part(_ heading: String) throws -> Substring {
    let range = try #require(page.firstRange(of: heading + "\n"), "\(heading): run Scripts/manual")
    let rest = page[range.upperBound...]
    return rest[..<(rest.firstRange(of: "\n.S")?.lowerBound ?? rest.endIndex)]
  }

  @Test func everyElementAndAttributeStandsThere() throws {
    for (path, element) in FormatListing.elements(of: .loadBalancer) {
      let isGlobalCheck = path.suffix(2) == ["global", "health-check"]
      let heading = isGlobalCheck ? "health-check, in global" : element.name
      let section = try part(".SS \"\(escaped(heading))\"")
      for attribute in element.attributes {
        #expect(section.contains("\n\(bold(attribute.name))\n"), "\(path) \(attribute.name): run Scripts/manual")
      }
      for word in element.attributes.flatMap(\.words) where element.name != "health-check" {
        #expect(section.contains(escaped(word)), "\(path) \(word): run Scripts/manual")
      }
    }
  }

  @Test func everyKindOfCheckHasItsAttributes() throws {
    let kinds = try part(".SH \"KINDS OF HEALTH CHECKS\"")
    for kind in HealthCheckKindRule.all {
      let names = kind.attributes.map(\.name)
      let entry = try #require(kinds.split(separator: ".TP\n").first { $0.hasPrefix(bold(kind.type) + "\n") })
      let words = entry.split(separator: "Takes ").last?.split { " ,.\n".contains($0) } ?? []
      let told = words.map { String($0).replacing("\\-", with: "-") }.filter { $0 != "no" && $0 != "others" }
      #expect(Set(told) == Set(names), "\(kind.type): mend KINDS in Scripts/manual")
    }
  }
}
