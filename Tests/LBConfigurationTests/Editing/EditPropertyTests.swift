import LoadBalancing
import Testing

@testable import LBConfiguration

/// Random sequences of edits: what is loaded then is what a model says, and undoing them gives the bytes back.
@Suite struct EditPropertyTests {
  private struct Step {
    let edit: ConfigurationEdit
    let undo: ConfigurationEdit
  }

  /// A configuration as the edits should leave it: services with the weights of their servers.
  private typealias Model = [String: [String: Int]]

  private func model(of bytes: [UInt8]) throws -> Model {
    let loaded = try ConfigurationLoader.load(files: [EditingSamples.file(bytes)]).get().loadBalancer
    return Dictionary(
      uniqueKeysWithValues: loaded.virtualServices.map { service in
        (service.label, Dictionary(uniqueKeysWithValues: service.realServers.map { ($0.label, $0.weight) }))
      })
  }

  private func step(
    _ number: Int, _ model: inout Model, using generator: inout SystemRandomNumberGenerator
  ) -> Step? {
    guard let service = model.keys.sorted().randomElement(using: &generator) else { return nil }
    let address = "10.1.\(number / 250).\(number % 250 + 1)"
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      let label = "s\(number)"
      model[label] = [:]
      let attributes = ["address": address, "ports": "1-5,\(number + 10)"]
      let inner = [
        "persistence": ElementChange(attributes: ["timeout": "\(number + 1)"]),
        "health-check": ElementChange(attributes: ["type": "on"]),
      ]
      return Step(
        edit: .addService(label, ElementChange(attributes: attributes, inner: inner)), undo: .deleteService(label))
    case 1:
      let label = "d\(number)"
      model[label] = model[service]
      return Step(
        edit: .duplicateService(service, as: label, ElementChange(attributes: ["address": address])),
        undo: .deleteService(label))
    case 2:
      let name = ServerName(service: service, server: "r\(number)")
      // An element that was never opened would stay open.
      guard model[service]?.isEmpty == false || service.hasPrefix("s") else { return nil }
      let weight = Int.random(in: 0...65535, using: &generator)
      model[service]?[name.server] = weight
      return Step(
        edit: .addServer(name, ElementChange(attributes: ["address": address, "weight": "\(weight)"])),
        undo: .deleteServer(name))
    case 3:
      guard let server = model[service]?.keys.sorted().randomElement(using: &generator),
        let old = model[service]?[server], server.hasPrefix("r")
      else { return nil }
      model[service]?[server] = number
      let name = ServerName(service: service, server: server)
      return Step(
        edit: .editServer(name, ElementChange(attributes: ["weight": "\(number)"])),
        undo: .editServer(name, ElementChange(attributes: ["weight": "\(old)"])))
    case 4:
      let new = "n\(number)"
      guard !service.hasPrefix("s") else { return nil }
      model[new] = model.removeValue(forKey: service)
      return Step(
        edit: .editService(service, ElementChange(attributes: ["label": new])),
        undo: .editService(new, ElementChange(attributes: ["label": service])))
    default:
      guard model[service]?["a"] != nil else { return nil }
      let holder = CheckHolder(service: service)
      return Step(
        edit: .addCheck(holder, ElementChange(attributes: ["type": "connect", "port": "\(number + 1)"])),
        undo: .deleteCheck(holder, index: Self.lastCheck))
    }
  }

  /// Stands for the number of the check that was added.
  private static let lastCheck = -1

  private func apply(_ edit: ConfigurationEdit, to bytes: [UInt8]) throws -> [UInt8] {
    var edit = edit
    if case .deleteCheck(let holder, Self.lastCheck) = edit {
      let editor = try FileEditor([EditingSamples.file(bytes)], mainFile: nil)
      let count = editor.places(of: .healthCheck, in: try editor.holder(holder).place).count
      edit = .deleteCheck(holder, index: count)
    }
    return try edit.applied(to: [EditingSamples.file(bytes)], mainFile: "lbd.xml").files[0].bytes
  }

  @Test(arguments: EditingSamples.all.indices) func editsAreTheModelAndCanBeUndone(sample: Int) throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<10 {
      var bytes = EditingSamples.all[sample]
      var model = try model(of: bytes)
      var undone: [(bytes: [UInt8], undo: ConfigurationEdit)] = []
      for number in 0..<40 {
        guard let step = step(number, &model, using: &generator) else { continue }
        undone.append((bytes, step.undo))
        bytes = try apply(step.edit, to: bytes)
        let found = try self.model(of: bytes)
        #expect(found == model, "after \(step.edit):\n\(String(decoding: bytes, as: UTF8.self))")
        guard found == model else { return }
      }
      for (before, undo) in undone.reversed() {
        let after = bytes
        bytes = try apply(undo, to: after)
        #expect(
          bytes == before,
          "undoing by \(undo):\n\(text(after))\n---\n\(text(bytes))"
        )
        guard bytes == before else { return }
      }
    }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(arguments: EditingSamples.all.indices) func deletingEverythingLeavesAnEmptyConfiguration(sample: Int) throws {
    var bytes = EditingSamples.all[sample]
    let labels = try model(of: bytes)
    for (service, servers) in labels {
      for server in servers.keys {
        bytes = try apply(.deleteServer(ServerName(service: service, server: server)), to: bytes)
      }
      #expect(try model(of: bytes)[service] == [:])
      bytes = try apply(.deleteService(service), to: bytes)
    }
    #expect(try model(of: bytes).isEmpty)
  }
}
