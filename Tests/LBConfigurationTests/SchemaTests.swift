import CLibXML2
import Testing

@testable import LBConfiguration

/// The schema is for editors, the tables are for the loader; they say the same.
@Suite struct SchemaTests {
  private let schema: ScannedElement

  init() throws { schema = try XMLScanner.scan(try ProjectFiles.bytes("Config/lbd.xsd")).root }

  private func named(_ name: String, _ kind: String) -> ScannedElement? {
    schema.children.first { $0.name == "xs:\(kind)" && $0.attribute("name")?.value == name }
  }

  private func compare(_ rule: ElementRule, typeName: String, path: String) throws {
    let type = try #require(named(typeName, "complexType"), "\(path)")
    let attributes = type.children.filter { $0.name == "xs:attribute" }
    #expect(
      attributes.compactMap { $0.attribute("name")?.value }.sorted() == rule.attributes.map(\.name).sorted(), "\(path)")
    for attribute in attributes {
      guard let known = rule.attribute(attribute.attribute("name")?.value ?? "") else { continue }
      let place = "\(path) \(known.name)"
      #expect((attribute.attribute("use")?.value == "required") == known.isRequired, "\(place)")
      let values = try #require(named(attribute.attribute("type")?.value ?? "", "simpleType"), "\(place)")
      let restriction = try #require(values.children.first { $0.name == "xs:restriction" }, "\(place)")
      let words = restriction.children.filter { $0.name == "xs:enumeration" }.compactMap {
        $0.attribute("value")?.value
      }
      #expect(words == known.words, "\(place)")
      #expect(hasDocumentation(attribute), "\(place)")
    }
    try compareChildren(rule, type, path)
  }

  private func compareChildren(_ rule: ElementRule, _ type: ScannedElement, _ path: String) throws {
    let group = type.children.first { ["xs:choice", "xs:all"].contains($0.name) }
    let children = group?.children ?? []
    #expect(children.compactMap { $0.attribute("name")?.value } == rule.children.map(\.element.name), "\(path)")
    for (child, known) in zip(children, rule.children) {
      let typeName = try #require(child.attribute("type")?.value)
      try compare(known.element, typeName: typeName, path: "\(path)/\(known.element.name)")
    }
  }

  private func hasDocumentation(_ element: ScannedElement) -> Bool {
    element.children.first { $0.name == "xs:annotation" }?.children.first?.text != nil
  }

  @Test func elementsAttributesAndWordsAreTheLoaders() throws {
    let outermost = try #require(named("load-balancer", "element"))
    let typeName = try #require(outermost.attribute("type")?.value)
    try compare(.loadBalancer, typeName: typeName, path: "load-balancer")
  }

  @Test func everyTypeIsExplainedAndUsed() throws {
    let used = Set(Self.types(in: schema))
    for type in schema.children where type.name.hasSuffix("Type") {
      let name = try #require(type.attribute("name")?.value)
      #expect(hasDocumentation(type), "\(name)")
      #expect(used.contains(name), "\(name)")
    }
  }

  private static func types(in element: ScannedElement) -> [String] {
    (element.attribute("type").map { [$0.value] } ?? []) + element.children.flatMap(types)
  }

  @Test func examplesAreValidByTheSchema() throws {
    for name in try ProjectFiles.names(in: "Config/examples") where name.hasSuffix(".xml") {
      #expect(try isValid(ProjectFiles.bytes("Config/examples/\(name)")), "\(name)")
    }
  }

  @Test func theSchemaSeesTypos() throws {
    #expect(try isValid(Array(document(web()).utf8)))
    #expect(try !isValid(Array(document(web("forwardin='dr'")).utf8)))
    #expect(try !isValid(Array(document(web("forwarding='dsr'")).utf8)))
    #expect(try !isValid(Array(document(web("", "<realserver/>")).utf8)))
  }

  private struct Unreadable: Error {}

  private func isValid(_ bytes: [UInt8]) throws -> Bool {
    let parser = unsafe xmlSchemaNewParserCtxt("\(ProjectFiles.root)/Config/lbd.xsd")
    defer { unsafe xmlSchemaFreeParserCtxt(parser) }
    guard let schema = unsafe xmlSchemaParse(parser) else { throw Unreadable() }
    defer { unsafe xmlSchemaFree(schema) }
    let context = unsafe xmlSchemaNewValidCtxt(schema)
    defer { unsafe xmlSchemaFreeValidCtxt(context) }
    // Without a listener of its own libxml2 prints what is wrong.
    unsafe xmlSchemaSetValidStructuredErrors(context, { _, _ in }, nil)
    let document = unsafe bytes.withUnsafeBytes { buffer in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      return unsafe xmlReadMemory(start, Int32(buffer.count), nil, nil, Int32(XML_PARSE_NONET.rawValue))
    }
    guard let tree = unsafe document else { throw Unreadable() }
    defer { unsafe xmlFreeDoc(tree) }
    return unsafe xmlSchemaValidateDoc(context, tree) == 0
  }
}
