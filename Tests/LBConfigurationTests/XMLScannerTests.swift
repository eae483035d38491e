import Testing

@testable import LBConfiguration

@Suite struct XMLScannerTests {
  private let text = """
    \u{FEFF}<?xml version="1.0"?>
    <!-- a > b -->
    <root  first = 'it&apos;s "1"'
      second="a&#x41;&#10;b\tc">
      <![CDATA[ <x/> ]]>
      <?note <y/> ?>
      <inner
       key="v"/><inner></inner >
    </root>
    """

  @Test func partsAreWhereTheyStand() throws {
    let scanned = try XMLScanner.scan(Array(text.utf8))
    let root = scanned.root
    #expect(scanned.text(root.nameRange) == "root")
    #expect(scanned.text(root.range).hasPrefix("<root  first"))
    #expect(scanned.text(root.range).hasSuffix("</root>"))
    #expect(root.endTag.map(scanned.text) == "</root>")
    let first = try #require(root.attribute("first"))
    #expect(scanned.text(first.nameRange) == "first")
    #expect(scanned.text(first.valueRange) == "it&apos;s \"1\"")
    #expect(scanned.text(first.range) == "first = 'it&apos;s \"1\"'")
    #expect(first.quote == UInt8(ascii: "'"))
    #expect(first.line == 3)
    #expect(root.children.map { scanned.text($0.range) } == ["<inner\n   key=\"v\"/>", "<inner></inner >"])
    #expect(root.children.map(\.line) == [7, 8])
    #expect(root.children[0].attributes[0].line == 8)
    #expect(root.children[0].content == nil)
    #expect(root.children[1].content?.isEmpty == true)
  }

  @Test func valuesAreNormalised() throws {
    let root = try XMLScanner.scan(Array(text.utf8)).root
    #expect(root.attribute("first")?.value == "it's \"1\"")
    #expect(root.attribute("second")?.value == "aA\nb c")
    let windows = try XMLScanner.scan(Array("<a b='1\r\n2'/>".utf8)).root
    #expect(windows.attribute("b")?.value == "1 2")
  }

  @Test func firstTextIsKeptWithItsLine() throws {
    let root = try XMLScanner.scan(Array(text.utf8)).root
    #expect(root.text?.line == 5)
  }

  @Test(arguments: [
    "", "<", "</", "</a>", "<a", "<a ", "<a b", "<a b=", "<a b='", "<a b=''", "<a><!--", "<a><![CDATA[", "<a><?x", "<!",
    "<a b='&'/>", "<a b='&#xD800;'/>", "<a b='&#99999999999;'/>", "<a/>x", "<!-", "<a></b>", "<a/", "<a></a",
  ])
  func brokenTextIsRefused(text: String) {
    #expect(throws: XMLFault.self) { try XMLScanner.scan(Array(text.utf8)) }
  }
}
