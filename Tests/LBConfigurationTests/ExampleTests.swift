import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ExampleTests {
  static let names = (try? ProjectFiles.names(in: "Config/examples"))?.filter { $0.hasSuffix(".xml") } ?? []

  private func load(_ name: String) throws -> LoadBalancer {
    let file = SourceFile(path: name, bytes: try ProjectFiles.bytes("Config/examples/\(name)"))
    return try ConfigurationLoader.load(files: [file]).get().loadBalancer
  }

  @Test func everyDeploymentHasOne() {
    #expect(Set(Self.names.compactMap(\.first)) == ["a", "b", "c", "d", "e"])
  }

  @Test(arguments: names) func loads(name: String) throws {
    #expect(try !load(name).virtualServices.isEmpty)
  }

  @Test func operatorsMayLeaveTheRestToTheDefaults() throws {
    var typed = try #require(try load("a-dental-imaging-as-typed.xml").virtualServices.first)
    let written = try #require(try load("a-dental-imaging.xml").virtualServices.first)
    let server = try #require(typed.realServers.first)
    #expect(typed.checks(of: server, defaults: CheckTiming()).map(\.probe) == [.connect(ports: [104, 1099, 2099])])
    typed.healthChecks = written.healthChecks
    #expect(typed == written)
  }

  @Test func twoServicesOnOneAddress() throws {
    let services = try load("b-document-workflow.xml").virtualServices
    #expect(Set(services.map(\.address)).count == 1)
    let dispatcher = try #require(services.last)
    let server = try #require(dispatcher.realServers.first)
    #expect(dispatcher.checks(of: server, defaults: CheckTiming()).map(\.probe) == [.connect(ports: [445])])
  }

  @Test func tenFailuresTakeFiveMinutes() throws {
    let service = try #require(try load("c-image-archive.xml").virtualServices.first)
    let server = try #require(service.realServers.first)
    let check = try #require(service.checks(of: server, defaults: CheckTiming()).first)
    #expect(check.timing.interval * check.timing.failures == .seconds(300))
    #expect(check.probe == .connect(ports: [12000, 12100, 12200, 12300, 12301, 12800, 12950]))
  }
}
