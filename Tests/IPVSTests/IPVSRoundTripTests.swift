import IPVS
import LoadBalancing
import TestSupport
import Testing

/// What is set is what is read, over random tables. A failure prints the seed; put it into `seeds` to keep it.
@Suite struct IPVSRoundTripTests {
  static let seeds: [UInt64] = [0, 1, 42] + (0..<20).map { _ in UInt64.random(in: 0...UInt64.max) }

  @Test(arguments: seeds) func addedTablesReadBack(seed: UInt64) throws {
    var random = RandomTable(seed: seed)
    let entries = random.entries(count: 30)
    let table = try table(over: FakeKernel())
    #expect(try table.apply(IPVSRoundTripTests.additions(of: entries)).isEmpty, "seed \(seed)")
    #expect(try table.read().entries == entries, "seed \(seed)")
  }

  @Test(arguments: seeds) func editedTablesReadBack(seed: UInt64) throws {
    var random = RandomTable(seed: seed)
    var entries = random.entries(count: 10)
    let table = try table(over: FakeKernel())
    _ = try table.apply(IPVSRoundTripTests.additions(of: entries))
    var changes: [IPVSChange] = []
    for (key, entry) in entries {
      let service = random.service(key: key)
      entries[key]?.service = service
      changes.append(.editService(service))
      for destination in entry.destinations.keys {
        let edited = random.destination(key: destination, mixed: destination.address.family != key.family)
        entries[key]?.destinations[destination] = edited
        changes.append(.editDestination(edited, in: key))
      }
    }
    #expect(try table.apply(changes).isEmpty, "seed \(seed)")
    #expect(try table.read().entries == entries, "seed \(seed)")
  }

  @Test(arguments: seeds) func removedTablesAreEmpty(seed: UInt64) throws {
    var random = RandomTable(seed: seed)
    let entries = random.entries(count: 10)
    let kernel = FakeKernel()
    let table = try table(over: kernel)
    _ = try table.apply(IPVSRoundTripTests.additions(of: entries))
    let removals = entries.values.flatMap { entry in
      entry.destinations.keys.map { IPVSChange.removeDestination($0, in: entry.service.key) }
        + [.removeService(entry.service.key)]
    }
    #expect(try table.apply(removals).isEmpty, "seed \(seed)")
    #expect(try table.read().entries.isEmpty)
  }

  private static func additions(of entries: [IPVSService.Key: IPVSTableEntry]) -> [IPVSChange] {
    entries.values.flatMap { entry in
      [.addService(entry.service)]
        + entry.destinations.values.map { .addDestination($0, in: entry.service.key) }
    }
  }
}
