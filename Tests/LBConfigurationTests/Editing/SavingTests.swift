import FoundationEssentials
import LoadBalancing
import Testing

@testable import LBConfiguration

/// Edits of files on disk.
@Suite struct SavingTests {
  private let directory: TemporaryDirectory
  private var main: String { directory.path + "/lbd.xml" }
  private var sources: ConfigurationSources {
    ConfigurationSources(mainFile: main, dropInDirectory: directory.path + "/conf.d")
  }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(EditingSamples.plain, to: "lbd.xml")
    try directory.makeDirectory("conf.d")
  }

  private func text(_ name: String = "lbd.xml") throws -> String {
    try String(contentsOfFile: directory.path + "/" + name, encoding: .utf8)
  }

  private func weight(_ value: Int) -> ConfigurationEdit {
    .editServer(.webA, ElementChange(attributes: ["weight": "\(value)"]))
  }

  @Test func anEditIsWrittenAndTheModeStays() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: main)
    let prepared = try sources.edit(weight(7))
    #expect(prepared.path == main && prepared.loaded.loadBalancer.virtualServices[0].realServers[0].weight == 7)
    #expect(try text() == EditingSamples.plain.replacing("weight=\"100\"", with: "weight=\"7\""))
    #expect(try FileManager.default.attributesOfItem(atPath: main)[.posixPermissions] as? Int == 0o604)
    #expect(try directory.names() == ["conf.d", "lbd.xml"])
  }

  @Test func aDryRunAndAnEditWithMistakesWriteNothing() throws {
    #expect(try sources.edit(weight(7), dryRun: true).path == main)
    #expect(throws: EditError.self) { try sources.edit(weight(70_000)) }
    #expect(throws: EditError.self) {
      try sources.edit(.editService("Web", ElementChange(attributes: ["address": "x"])))
    }
    #expect(try text() == EditingSamples.plain)
  }

  @Test func nothingIsWrittenWhileAnotherFileHasAMistake() throws {
    try directory.write("<load-balancer><nonsense/></load-balancer>", to: "conf.d/a.xml")
    #expect(throws: EditError.self) { try sources.edit(weight(7)) }
    #expect(try text() == EditingSamples.plain)
  }

  @Test func aFileThatChangedMeanwhileIsNotOverwritten() throws {
    let prepared = try sources.prepare(weight(7))
    let changed = EditingSamples.plain.replacing("10.0.0.12", with: "10.0.0.99")
    try directory.write(changed, to: "lbd.xml")
    #expect(try !sources.write(prepared))
    #expect(try text() == changed)
    #expect(try sources.write(try sources.prepare(weight(7))))
    #expect(try text() == changed.replacing("weight=\"100\"", with: "weight=\"7\""))
  }

  @Test func editsAtTheSameTimeAllArrive() async throws {
    let sources = sources
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          let name = ServerName(service: "Web", server: "n\(number)")
          let change = ElementChange(attributes: ["address": "10.0.1.\(number + 1)"])
          while true {
            let prepared = try sources.prepare(.addServer(name, change))
            do {
              if try sources.write(prepared) { return }
            } catch EditError.busy {
              continue
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let loaded = try ConfigurationLoader.load(sources).get()
    #expect(loaded.loadBalancer.virtualServices[0].realServers.count == 18)
  }

  @Test func aMissingMainFileIsMade() throws {
    try FileManager.default.removeItem(atPath: main)
    let add = ConfigurationEdit.addService("Web", ElementChange(attributes: ["address": "10.0.0.1", "ports": "80"]))
    _ = try sources.edit(add)
    #expect(try FileManager.default.attributesOfItem(atPath: main)[.posixPermissions] as? Int == 0o660)
    #expect(try ConfigurationLoader.load(sources).get().loadBalancer.virtualServices.map(\.label) == ["Web"])
  }

  @Test func whatIsThereAlreadyIsNoError() throws {
    let same = ConfigurationEdit.addServer(.webA, ElementChange(attributes: ["address": "10.0.0.11"]))
    #expect(try sources.edit(same, ifAbsent: true).path == nil)
    #expect(throws: EditError.self) { try sources.edit(same) }
    let other = ConfigurationEdit.addServer(.webA, ElementChange(attributes: ["address": "10.0.0.11", "weight": "1"]))
    #expect(throws: EditError.self) { try sources.edit(other, ifAbsent: true) }
    let mail = ElementChange(
      attributes: ["address": "10.0.0.2", "ports": "25"],
      inner: ["health-check": ElementChange(attributes: ["type": "connect", "port": "25"])])
    #expect(try sources.edit(.addService("Mail", mail), ifAbsent: true).path == nil)
    let check = ConfigurationEdit.addCheck(
      CheckHolder(service: "Mail"), ElementChange(attributes: ["type": "connect", "port": "25"]))
    #expect(try sources.edit(check, ifAbsent: true).path == nil)
    let refusal = #expect(throws: EditError.self) { try sources.edit(check) }
    #expect("\(try #require(refusal))".hasPrefix("this health check exists already, at \(main):"))
    #expect(try text() == EditingSamples.plain)
    #expect(
      try sources.edit(
        .addServer(ServerName(service: "Web", server: "c"), ElementChange(attributes: ["address": "10.0.0.13"])),
        ifAbsent: true
      )
      .path == main)
  }

  @Test func restoringTakesNewDropInsOut() throws {
    let files = try ConfigurationLoader.load(sources).get().files
    let pending = PendingRestoration(stateDirectory: directory.path)
    #expect(try pending.files() == nil)
    try pending.save(files)
    _ = try sources.edit(weight(7))
    try directory.write("<load-balancer/>", to: "conf.d/a.xml")
    try sources.restore(try #require(try pending.files()))
    pending.clear()
    #expect(try text() == EditingSamples.plain)
    #expect(try directory.names() == ["conf.d", "lbd.xml"])
    #expect(try text("conf.d/a.xml.rolled-back") == "<load-balancer/>")
    try directory.write("lbd configuration 1\nfile", to: "unconfirmed.configuration")
    #expect(throws: EditError.self) { try pending.files() }
  }

  @Test func restoringHalfRestoresNothing() throws {
    var files = try ConfigurationLoader.load(sources).get().files
    _ = try sources.edit(weight(7))
    try directory.write("<load-balancer/>", to: "conf.d/a.xml")
    let edited = try text()
    files.append(SourceFile(path: directory.path + "/gone/b.xml", bytes: Array("<load-balancer/>".utf8)))
    #expect(throws: EditError.self) { try sources.restore(files) }
    #expect(try text() == edited && text("conf.d/a.xml") == "<load-balancer/>")
  }

  @Test func partsKeepTheirPlacesAndHideSecrets() {
    let text = document("<virtual-service label='W'>\n<health-check type='http' password='x&amp;y'/></virtual-service>")
    let parts = ConfigurationPart.parts(of: [file(text), file("<broken")])
    #expect(parts.map(\.location.description) == ["lbd.xml:2"])
    #expect(parts[0].text.contains("password='***'") && parts[0].label == "W")
  }

  @Test func secretsInWhatLooksLikeACommentCrashNothing() {
    let text = document(
      "<virtual-service label='W'><?x <!-- ?><health-check password='aVeryLongOne'/><!-- secret --></virtual-service>")
    let part = ConfigurationPart.parts(of: [file(text)]).first?.text
    #expect(part?.contains("aVeryLongOne") == false)
  }

  @Test func commentsHideSecretsToo() {
    let text = document(
      "<virtual-service label='W'><!-- <x Password = 'geheim'/> --><real-server label='R'/><!-- rack 4 -->"
        + "<!-- secret: geheim --></virtual-service>")
    let part = ConfigurationPart.parts(of: [file(text)]).first?.text
    #expect(
      part
        == "<virtual-service label='W'><!--***--><real-server label='R'/><!-- rack 4 --><!--***--></virtual-service>")
  }
}
