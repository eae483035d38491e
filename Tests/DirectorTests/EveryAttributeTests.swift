import IPVS
import Interfaces
import LoadBalancing
import PacketMarks
import Testing

@testable import Director
@testable import LBConfiguration

/// Anything may be changed in a running configuration: the kernel ends up as if lbd had been started with it, nothing
/// leaves the kernel that was not announced, and services that the edit is not about receive no message.
@Suite(.timeLimit(.minutes(10))) struct EveryAttributeTests {
  @Test func everyAttributeOfTheFormatIsEdited() {
    func attributes(of rule: ElementRule, path: String) -> Set<String> {
      var found = Set(rule.attributes.map { "\(path) \($0.name)" })
      for child in rule.children {
        found.formUnion(attributes(of: child.element, path: "\(rule.name)/\(child.element.name)"))
      }
      return found
    }
    var expected = attributes(of: .loadBalancer, path: "load-balancer")
    // There is one version of the format.
    expected.remove("load-balancer version")
    #expect(expected.symmetricDifference(AttributeEdit.all.map(\.attribute)) == [])
  }

  @Test("the kernel ends up as if started with it", arguments: AttributeEdit.all)
  func edit(_ edit: AttributeEdit) async throws {
    guard let from = try configuration(edit.from), let to = try configuration(edit.to) else { return }
    let harness = try DirectorHarness(from)
    try await harness.running {
      try await harness.becomesQuiet()
      try await apply(to, after: from, edit, on: harness)
      try await apply(from, after: to, edit, on: harness)
    }
  }

  private func apply(
    _ new: LoadBalancer, after old: LoadBalancer, _ edit: AttributeEdit, on harness: DirectorHarness
  ) async throws {
    let marksBefore = try #require(await harness.store.saved).marks
    let untouched = Untouched(marks: marksBefore)
    await harness.kernel.set(isIdle: false)
    await harness.kernel.forgetChanges()
    try await harness.director.apply(new, reason: "test")
    try await harness.becomesQuiet()
    let changes = await harness.kernel.changes
    if edit.effects.contains(.none) { #expect(changes == []) }
    if !edit.effects.contains(.renumbers) { #expect(changes.filter(untouched.isTouched) == []) }
    // Entries of checks through virtual addresses hold no client's connection.
    let checkMarks = Set(marksBefore.checkMarks.map { Array($0.values) } ?? [])
    let cuts = changes.filter { $0.endsConnections && !$0.isOfEntry(on: checkMarks) }
    let announced = differences(from: old, to: new).contains(where: \.cutsConnections)
    #expect(cuts == [] || announced || edit.effects.contains(.removesServers))

    // Entries that only wait for their last connections to end are no difference.
    await harness.kernel.set(isIdle: true)
    await harness.director.settle(look: .everything)
    let marks = try #require(await harness.store.saved).marks
    let expected = try await heldAfterStart(of: new, marks: marks)
    try? await harness.advance { try await harness.held() == expected }
    #expect(try await harness.held() == expected)
  }

  private func heldAfterStart(of configuration: LoadBalancer, marks: MarkAssignment) async throws -> Held {
    var saved = SavedState()
    saved.marks = marks
    let harness = try DirectorHarness(configuration, saved: saved)
    var held: Held?
    try await harness.running {
      try await harness.becomesQuiet()
      held = try await harness.held()
    }
    return try #require(held)
  }

  /// nil for what this version does not serve yet.
  private func configuration(_ elements: String) throws -> LoadBalancer? {
    let text = "<load-balancer version=\"1\">\(elements)\(AttributeEdit.untouched)</load-balancer>"
    let file = SourceFile(path: "lbd.xml", bytes: Array(text.utf8))
    switch ConfigurationLoader.load(files: [file]) {
    case .success(let loaded): return loaded.loadBalancer
    case .failure(let errors):
      #expect(errors.problems.allSatisfy { $0.message.contains("not supported yet") }, "\(errors)")
      return nil
    }
  }
}

extension KernelChange {
  fileprivate func isOfEntry(on marks: Set<UInt32>) -> Bool {
    guard case .ipvs(let change) = self, case .firewallMark(let mark, _) = change.service else { return false }
    return marks.contains(mark)
  }
}

/// What is in the kernel of ``AttributeEdit/untouched``.
private struct Untouched {
  private let addresses: Set<IPAddress> = [
    Samples.address("192.168.1.120"), Samples.address("192.168.1.121"), Samples.address("172.16.5.122"),
  ]
  private let marks: Set<UInt32>

  init(marks: MarkAssignment) {
    self.marks = Set(["Archive", "Pacs"].compactMap { marks.marks[$0] })
  }

  func isTouched(by change: KernelChange) -> Bool {
    switch change {
    case .ipvs(let change):
      switch change.service {
      case .address(let address, _, _): addresses.contains(address)
      case .firewallMark(let mark, _): marks.contains(mark)
      }
    case .packetMark(.setMark(let selector, _, _)), .packetMark(.removeMark(let selector, _)):
      addresses.contains(selector.address)
    case .packetMark(.setSourceTranslation(let key, _, _)), .packetMark(.removeSourceTranslation(let key, _)):
      marks.contains(key.mark)
    case .interface(.addAddress(let place)), .interface(.removeAddress(let place)): addresses.contains(place.address)
    case .packetMark, .sysctl, .timeouts: false
    }
  }
}

/// What lbd has made in the kernel.
private struct Held: Equatable {
  let services: [IPVSService.Key: IPVSTableEntry]
  let marks: PacketMarkState
  let addresses: Set<InterfaceAddress>
  let sysctls: [String: String]
  let timeouts: KernelTimeouts
}

extension DirectorHarness {
  fileprivate func held() async throws -> Held {
    let state = try await kernel.observe(sysctls: [], counting: false)
    return Held(
      services: state.services, marks: state.packetMarks ?? PacketMarkState(),
      addresses: Set(state.interfaces.addresses.map(\.place)),
      sysctls: await kernel.sysctls.filter { $0.value != "0" }, timeouts: state.timeouts)
  }

  /// Waits until every check has said something and the kernel is in accord with it.
  fileprivate func becomesQuiet() async throws {
    try await advance {
      await director.overview(counting: false).filter(\.state.service.enabled).allSatisfy { service in
        service.servers.allSatisfy { $0.state.health != .unknown }
      }
    }
    await director.settle(look: .everything)
  }
}

extension KernelChange {
  fileprivate var endsConnections: Bool {
    switch self {
    case .ipvs(.removeService), .ipvs(.removeDestination): true
    default: false
    }
  }
}
