import Testing

@testable import LBConfiguration

@Suite struct XMLSafetyTests {
  @Test func documentTypeIsRefused() {
    let text =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE load-balancer SYSTEM \"http://example.com/lbd.dtd\">\n<load-balancer/>"
    #expect(
      problems(text) == ["2: a DOCTYPE is not allowed: lbd reads neither document types nor entities; remove it"])
  }

  @Test func externalEntityIsRefused() {
    let text = "<!DOCTYPE l [<!ENTITY secret SYSTEM \"file:///etc/hostname\">]>\n<load-balancer version=\"&secret;\"/>"
    #expect(
      problems(text) == ["1: a DOCTYPE is not allowed: lbd reads neither document types nor entities; remove it"])
  }

  @Test func entityBombIsRefusedAtItsFirstLine() {
    var text = "<!DOCTYPE l [\n<!ENTITY a0 \"ha\">\n"
    for index in 1...40 { text += "<!ENTITY a\(index) \"&a\(index - 1);&a\(index - 1);\">\n" }
    #expect(problems(text + "]>\n<load-balancer>&a40;</load-balancer>").count == 1)
  }

  @Test func unknownEntityIsRefused() throws {
    let found = problems("<load-balancer>\n  <virtual-service label='&me;'/></load-balancer>")
    #expect(found == ["2: not well-formed XML: Entity 'me' not defined"])
  }

  @Test func deepNestingIsRefused() {
    let depth = 10_000
    let text = String(repeating: "<a>\n", count: depth) + String(repeating: "</a>", count: depth)
    #expect(problems(text) == ["33: elements are nested more than 32 deep; this is no lbd configuration"])
  }

  @Test func scannerAloneBoundsTheDepth() {
    let bytes = Array(String(repeating: "<a>", count: 10_000).utf8)
    #expect(throws: XMLLimits.tooDeep(line: 1)) { try XMLScanner.scan(bytes) }
  }

  @Test func hugeFileIsRefused() {
    let bytes = [UInt8](repeating: 0x20, count: (16 << 20) + 1)
    let found = problems([SourceFile(path: "lbd.xml", bytes: bytes)])
    #expect(found == ["lbd.xml:1: the file has 16777217 bytes; at most 16 MiB are allowed"])
  }

  @Test(arguments: [
    "", " ", "text", "<load-balancer>", "<load-balancer/><load-balancer/>", "<a b=c/>", "<a b='1' b='2'/>",
  ])
  func malformedTextHasALine(text: String) {
    let found = problems(text)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("1: ") })
  }

  @Test func unclosedElementNamesTheLineOfItsEnd() {
    let found = problems("<load-balancer>\n<global>\n</load-balancer>\n")
    #expect(found.first == "3: not well-formed XML: Opening and ending tag mismatch: global line 2 and load-balancer")
  }

  @Test func duplicateAttributeIsRefusedAtItsLine() {
    let found = problems("<load-balancer>\n<global watch='yes'\n watch='no'/></load-balancer>")
    #expect(found == ["3: not well-formed XML: Attribute watch redefined"])
  }

  @Test func linesBeyondTheOldLimitOfLibxml2AreCounted() {
    let text = "<load-balancer>" + String(repeating: "\n", count: 70_000) + "<globl/></load-balancer>"
    #expect(problems(text).first?.hasPrefix("70001: load-balancer: unknown element <globl>") == true)
    #expect(problems(text + "<").first?.hasPrefix("70001: ") == true)
  }

  @Test func otherEncodingsAreRefused() {
    let latin = problems("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<load-balancer/>")
    #expect(latin == ["1: the encoding ISO-8859-1 is not supported; save the file as UTF-8"])
    let wide = Array("<load-balancer/>".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(problems([SourceFile(path: "a", bytes: [0xFF, 0xFE] + wide)]).count == 1)
    #expect(
      problems([
        SourceFile(path: "a", bytes: Array("<load-balancer version='\u{E4}'/>".unicodeScalars.map { UInt8($0.value) }))
      ]).count >= 1)
  }
}
