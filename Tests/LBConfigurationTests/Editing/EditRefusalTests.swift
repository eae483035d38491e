import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct EditRefusalTests {
  private let plain = EditingSamples.plain

  @Test func namesThatAreNotThere() {
    #expect(throws: EditError.noSuchService("Wbe", known: ["Web", "Mail"])) {
      try ConfigurationEdit.deleteService("Wbe").text(in: plain)
    }
    #expect(
      "\(EditError.noSuchService("Wbe", known: ["Web", "Mail"]))" == "no virtual service 'Wbe'; did you mean `Web`?")
    let name = ServerName(service: "Web", server: "x")
    #expect(throws: EditError.noSuchServer(name, known: ["a", "b"])) {
      try ConfigurationEdit.editServer(name, ElementChange()).text(in: plain)
    }
  }

  @Test func labelsThatAreTaken() {
    let second = SourceLocation(file: "lbd.xml", line: 9)
    for edit in [
      ConfigurationEdit.addService("Mail", ElementChange()),
      .editService("Web", ElementChange(attributes: ["label": "Mail"])),
      .duplicateService("Web", as: "Mail", ElementChange()),
    ] {
      #expect(throws: EditError.exists("virtual service 'Mail'", second)) { try edit.text(in: plain) }
    }
    #expect(throws: EditError.self) { try ConfigurationEdit.addServer(.webA, ElementChange()).text(in: plain) }
    #expect(throws: EditError.self) {
      try ConfigurationEdit.editServer(.webA, ElementChange(attributes: ["label": "b"])).text(in: plain)
    }
  }

  @Test func namesThatTheFormatDoesNotHave() {
    for change in [
      ElementChange(attributes: ["prots": "1"]), ElementChange(removed: ["prots"]),
      ElementChange(inner: ["persistance": ElementChange()]),
    ] {
      let error = #expect(throws: EditError.self) { try ConfigurationEdit.editService("Web", change).text(in: plain) }
      #expect(error.map { "\($0)".contains("did you mean `p") } ?? false)
    }
  }

  @Test func aDuplicateNeedsItsOwnAddressOrPorts() throws {
    for change in [
      ElementChange(), ElementChange(attributes: ["ports": "443, 80"]), ElementChange(attributes: ["scheduler": "rr"]),
    ] {
      #expect(throws: EditError.sameEntry(of: "Web", as: "Web2")) {
        try ConfigurationEdit.duplicateService("Web", as: "Web2", change).text(in: plain)
      }
    }
    let copied = try ConfigurationEdit.duplicateService(
      "Web", as: "Web2", ElementChange(attributes: ["address": "10.0.0.7"])
    )
    .applied(to: [file(plain)], mainFile: nil)
    let services = try values(String(decoding: copied.files[0].bytes, as: UTF8.self)).virtualServices
    #expect(services.map(\.label) == ["Web", "Web2", "Mail"])
    #expect(services[1].realServers == services[0].realServers && services[1].address == IPAddress("10.0.0.7"))
    #expect(copied.notes.contains("copied: ports 80,443"))
    #expect(copied.notes.contains("copied: persistence timeout=\"300\""))
  }

  @Test func aFileThatIsNoXMLIsNamed() {
    let error = #expect(throws: EditError.self) {
      try ConfigurationEdit.deleteService("Web").text(in: "<load-balancer>\n<a")
    }
    guard case .configuration(let errors) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(errors.problems.map(\.line) == [2])
  }
}
