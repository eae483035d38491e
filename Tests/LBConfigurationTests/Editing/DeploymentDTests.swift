import LoadBalancing
import Testing

@testable import LBConfiguration

/// Deployment D's three DICOM services as an operator makes them: one by hand, each other by one `duplicate`.
@Suite struct DeploymentDTests {
  @Test func itsServicesAreDuplicatesToTheByte() throws {
    let example = SourceFile(path: "d.xml", bytes: try ProjectFiles.bytes("Config/examples/d-hospital-pacs.xml"))
    var files = [example]
    for edit in [
      ConfigurationEdit.deleteService("QUERY"), .deleteService("MWL"),
      .duplicateService("DICOM", as: "QUERY", ElementChange(attributes: ["ports": "105"])),
      .duplicateService("QUERY", as: "MWL", ElementChange(attributes: ["ports": "204"])),
    ] {
      files = try edit.applied(to: files, mainFile: nil).files
    }
    #expect(String(decoding: files[0].bytes, as: UTF8.self) == String(decoding: example.bytes, as: UTF8.self))
  }
}
