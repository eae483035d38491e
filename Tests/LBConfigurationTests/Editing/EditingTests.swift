import LoadBalancing
import Testing

@testable import LBConfiguration

/// Each edit is a small difference of the text, and nothing else.
@Suite struct EditingTests {
  private let plain = EditingSamples.plain

  /// Expects that the edit replaces one piece of the text by another.
  private func expect(
    _ edit: ConfigurationEdit, in text: String, replaces old: String, by new: String,
    at location: Testing.SourceLocation = #_sourceLocation
  ) throws {
    #expect(text.ranges(of: old).count == 1, "the piece is not there once", sourceLocation: location)
    #expect(try edit.text(in: text) == text.replacing(old, with: new), sourceLocation: location)
  }

  @Test func anAttributeGetsAnotherValue() throws {
    try expect(
      .editServer(.webA, ElementChange(attributes: ["weight": "50"])), in: plain, replaces: "weight=\"100\"",
      by: "weight=\"50\"")
  }

  @Test func aNewAttributeComesLast() throws {
    try expect(
      .editService("Web", ElementChange(attributes: ["scheduler": "rr"])), in: plain, replaces: "ports=\"80,443\"",
      by: "ports=\"80,443\" scheduler=\"rr\"")
  }

  @Test func anAttributeGoesWithTheBlanksBeforeIt() throws {
    try expect(
      .editServer(.webA, ElementChange(removed: ["weight"])), in: plain, replaces: " weight=\"100\"", by: "")
  }

  @Test func quotesStayAndValuesAreEscaped() throws {
    let text = "<load-balancer><virtual-service label='Web' address='10.0.0.1' ports='80'/></load-balancer>"
    let edited = try ConfigurationEdit.addCheck(
      CheckHolder(service: "Web"), ElementChange(attributes: ["type": "tcp", "send": "a<b&\"c'\r\n"])
    ).text(in: text)
    #expect(edited.contains("send=\"a&lt;b&amp;&quot;c'&#13;&#10;\""))
    #expect(
      try ConfigurationEdit.editService("Web", ElementChange(attributes: ["label": "it's"])).text(in: text)
        .contains("label='it&apos;s'"))
    let read = try XMLScanner.scan(Array(edited.utf8)).root.children[0].children[0]
    #expect(read.attribute("send")?.value == "a<b&\"c'\r\n")
  }

  @Test func aValueThatIsThereAlreadyKeepsItsBytes() throws {
    let text = document("<virtual-service label=\"W&#101;b\" address=\"10.0.0.1\" ports=\"80\"/>")
    #expect(
      try ConfigurationEdit.editService("Web", ElementChange(attributes: ["label": "Web"])).text(in: text) == text)
  }

  @Test func aServerStandsBehindTheLastOne() throws {
    try expect(
      .addServer(ServerName(service: "Web", server: "c"), ElementChange(attributes: ["address": "10.0.0.13"])),
      in: plain, replaces: "<real-server label=\"b\" address=\"10.0.0.12\"/>\n",
      by: "<real-server label=\"b\" address=\"10.0.0.12\"/>\n    <real-server label=\"c\" address=\"10.0.0.13\"/>\n")
  }

  @Test func aServiceStandsBehindTheLastOneAsThatDoes() throws {
    let change = ElementChange(
      attributes: ["address": "10.0.0.3", "ports": "53"],
      inner: ["persistence": ElementChange(attributes: ["timeout": "300"])])
    try expect(
      .addService("DNS", change), in: plain, replaces: "  </virtual-service>\n</load-balancer>",
      by: "  </virtual-service>\n\n  <virtual-service label=\"DNS\" address=\"10.0.0.3\" ports=\"53\">\n"
        + "    <persistence timeout=\"300\"/>\n  </virtual-service>\n</load-balancer>")
  }

  @Test func innerElementsAreMadeChangedAndRemoved() throws {
    try expect(
      .editService("Web", ElementChange(inner: ["persistence": ElementChange(attributes: ["timeout": "60"])])),
      in: plain, replaces: "timeout=\"300\"", by: "timeout=\"60\"")
    try expect(
      .editService("Web", ElementChange(removed: ["persistence"])), in: plain,
      replaces: "\n    <persistence timeout=\"300\"/>", by: "")
    try expect(
      .editService("Mail", ElementChange(inner: ["fallback": ElementChange(attributes: ["address": "10.0.0.9"])])),
      in: plain, replaces: "port=\"25\"/>\n", by: "port=\"25\"/>\n    <fallback address=\"10.0.0.9\"/>\n")
    try expect(
      .editService("Mail", ElementChange(inner: ["persistence": ElementChange()])), in: plain,
      replaces: "ports=\"25\">\n", by: "ports=\"25\">\n    <persistence/>\n")
  }

  @Test func anElementGoesWithItsLine() throws {
    try expect(
      .deleteServer(.webA), in: plain,
      replaces: "\n    <real-server label=\"a\" address=\"10.0.0.11\" weight=\"100\"/>", by: "")
  }

  @Test func commentsOnALineStay() throws {
    let edited = try ConfigurationEdit.deleteServer(.webA).text(in: EditingSamples.dressed)
    #expect(edited.contains("\t\t<!-- servers -->\n\t\t<!-- main -->\n"))
    let added = try ConfigurationEdit.addCheck(
      CheckHolder(service: "Web"), ElementChange(attributes: ["type": "on"])
    ).text(in: EditingSamples.dressed)
    #expect(added.contains("> <!-- the web -->\n\t\t<health-check type=\"on\"/>\n\t\t<?note"))
  }

  @Test func anEmptyElementIsOpened() throws {
    let service = "<virtual-service label=\"Web\" address=\"10.0.0.1\" ports=\"80\" />"
    let text = "<load-balancer version=\"1\">\r\n\t\(service)\r\n</load-balancer>"
    let edit = ConfigurationEdit.addServer(.webA, ElementChange(attributes: ["address": "10.0.0.11"]))
    try expect(
      edit, in: text, replaces: " />\r\n",
      by: ">\r\n\t\t<real-server label=\"a\" address=\"10.0.0.11\"/>\r\n\t</virtual-service>\r\n")
    let open = text.replacing(" />", with: "></virtual-service>")
    try expect(
      edit, in: open, replaces: "</virtual-service>",
      by: "\r\n\t\t<real-server label=\"a\" address=\"10.0.0.11\"/>\r\n\t</virtual-service>")
    let commented = text.replacing(" />", with: ">\r\n\t\t<!-- none -->\r\n\t</virtual-service>")
    try expect(
      edit, in: commented, replaces: "<!-- none -->",
      by: "<!-- none -->\r\n\t\t<real-server label=\"a\" address=\"10.0.0.11\"/>")
  }

  @Test(arguments: ["", "  \n", "<load-balancer/>", "<load-balancer version='1'></load-balancer>"])
  func anEmptyFileTakesAService(text: String) throws {
    let edit = ConfigurationEdit.addService("Web", ElementChange(attributes: ["address": "10.0.0.1", "ports": "80"]))
    let edited = try edit.text(in: text)
    #expect(
      edited.contains(">\n  <virtual-service label=\"Web\" address=\"10.0.0.1\" ports=\"80\"/>\n</load-balancer>"))
    #expect(try values(edited).virtualServices.map(\.label) == ["Web"])
  }

  @Test func theFileThatHoldsTheElementIsEdited() throws {
    let main = EditingSamples.file(Array("<load-balancer/>".utf8))
    let dropIn = EditingSamples.file(Array(plain.utf8), path: "conf.d/a.xml")
    let deleted = try ConfigurationEdit.deleteService("Mail").applied(to: [main, dropIn], mainFile: "lbd.xml").files
    #expect(deleted[0] == main && deleted[1].bytes.count < dropIn.bytes.count)
    let add = ConfigurationEdit.addService("DNS", ElementChange(attributes: ["address": "10.0.0.3", "ports": "53"]))
    let added = try add.applied(to: [dropIn], mainFile: "lbd.xml").files
    #expect(added.map(\.path) == ["lbd.xml", "conf.d/a.xml"] && added[1] == dropIn)
    let edited = try ConfigurationEdit.deleteService("Mail").applied(to: [dropIn], mainFile: "lbd.xml").files
    #expect(edited.map(\.path) == ["conf.d/a.xml"])
  }

  @Test func checksAreCountedFromOne() throws {
    let holder = CheckHolder(service: "Web", server: "a")
    var text = plain
    for type in ["on", "connect"] {
      text = try ConfigurationEdit.addCheck(holder, ElementChange(attributes: ["type": type])).text(in: text)
    }
    #expect(
      text.contains(
        "weight=\"100\">\n      <health-check type=\"on\"/>\n      <health-check type=\"connect\"/>\n    </real-server>"
      ))
    let edit = ConfigurationEdit.editCheck(holder, index: 2, ElementChange(attributes: ["port": "443"]))
    try expect(edit, in: text, replaces: "type=\"connect\"/>", by: "type=\"connect\" port=\"443\"/>")
    try expect(
      .deleteCheck(holder, index: 1), in: text, replaces: "\n      <health-check type=\"on\"/>", by: "")
    #expect(throws: EditError.noSuchCheck(holder, index: 3, count: 2)) {
      try ConfigurationEdit.deleteCheck(holder, index: 3).text(in: text)
    }
    #expect(throws: EditError.self) {
      try ConfigurationEdit.editServer(.webA, ElementChange(inner: ["health-check": ElementChange()])).text(in: text)
    }
  }

  @Test func floatingIPsAreFoundByAddress() throws {
    let add = ConfigurationEdit.addFloatingIP("10.0.0.254/24", ElementChange(attributes: ["interface": "eth0"]))
    let text = try add.text(in: plain)
    #expect(text.hasPrefix(plain.prefix { $0 != "v" }))
    #expect(
      text.contains("\n  <floating-ip address=\"10.0.0.254/24\" interface=\"eth0\"/>\n  <virtual-service label=\"Web\"")
    )
    #expect(try ConfigurationEdit.deleteFloatingIP("10.0.0.254").text(in: text) == plain)
    #expect(throws: EditError.exists("floating IP 10.0.0.254", SourceLocation(file: "lbd.xml", line: 3))) {
      try ConfigurationEdit.addFloatingIP("10.0.0.254", ElementChange()).text(in: text)
    }
    #expect(throws: EditError.self) { try ConfigurationEdit.deleteFloatingIP("10.0.0.25").text(in: text) }
  }
}
