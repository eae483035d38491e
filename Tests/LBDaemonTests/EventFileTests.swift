import ControlAPI
import Director
import Foundation
import LinuxSystem
import Synchronization
import Testing

@testable import LBDaemon

@Suite(.timeLimit(.minutes(5))) struct EventFileTests {
  private func event(_ id: Int, _ message: String = "up: connected") throws -> DirectorEvent {
    let json = """
      {"at":1763632800.25,"id":\(id),"kind":"health","message":"\(message)","server":"a","service":"Web",\
      "severity":"information","state":"up"}
      """
    return try JSONDecoder().decode(DirectorEvent.self, from: Data(json.utf8))
  }

  private func file(in directory: String, bytesMax: Int = EventFile.bytesMax) throws -> EventFile {
    EventFile(directory: directory, bytesMax: bytesMax, executor: try ThreadExecutor(name: "test"))
  }

  @Test func isReadByTheNextRun() async throws {
    try await APIFixture.withDirectory { directory in
      let first = try file(in: directory)
      #expect(await first.read().events == [])
      for id in 1...3 { try await first.append(try event(id)) }
      let text = try String(contentsOfFile: first.path, encoding: .utf8)
      #expect(
        text.split(separator: "\n").first == """
          {"at":1763632800.25,"id":1,"kind":"health","message":"up: connected","server":"a","service":"Web",\
          "severity":"information","state":"up"}
          """)
      let rights = try FileManager.default.attributesOfItem(atPath: first.path)[.posixPermissions] as? Int
      #expect(rights == 0o600)
      let reading = try await file(in: directory).read()
      #expect(reading.events.map(\.id) == [1, 2, 3] && reading.warning == nil)
    }
  }

  @Test func damageHidesNothingElse() async throws {
    try await APIFixture.withDirectory { directory in
      let file = try file(in: directory)
      for id in 1...2 { try await file.append(try event(id)) }
      var bytes = try Data(contentsOf: URL(filePath: file.path))
      // Something strange in the middle, and a line that a power cut has torn.
      bytes.append(Data([0xFF, 0, 0x80, UInt8(ascii: "\n")]))
      bytes.append(Data(#"{"at":1763632800.25,"id":3,"ki"#.utf8))
      try bytes.write(to: URL(filePath: file.path))
      var reading = await file.read()
      #expect(reading.events.map(\.id) == [1, 2])
      #expect(reading.warning?.hasSuffix("has lines that cannot be read, left out: 2") == true)
      try await file.append(try event(4))
      reading = await file.read()
      #expect(reading.events.map(\.id) == [1, 2, 4])
    }
  }

  @Test func keepsToItsBound() async throws {
    try await APIFixture.withDirectory { directory in
      let file = try file(in: directory, bytesMax: 10_000)
      for id in 1...1000 {
        try await file.append(try event(id))
        #expect(try Data(contentsOf: URL(filePath: file.path)).count < 10_000)
      }
      let kept = await file.read().events.map(\.id)
      #expect(kept.count > 25 && kept == Array((1001 - kept.count)...1000))
    }
  }

  @Test func aLinkAndAGiantAreKeptAside() async throws {
    try await APIFixture.withDirectory { directory in
      let file = try file(in: directory, bytesMax: 10_000)
      try Data("secret".utf8).write(to: URL(filePath: directory + "/victim"))
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: directory + "/victim")
      await #expect(throws: SystemError.self) { try await file.append(try event(1)) }
      #expect(await file.read().warning?.contains("kept as \(file.path).damaged-1") == true)
      try await file.append(try event(1))
      try Data(count: 30_000).write(to: URL(filePath: file.path))
      #expect(await file.read().warning?.contains("EFBIG") == true)
      try await file.append(try event(2))
      #expect(await file.read().events.map(\.id) == [2])
      #expect(try String(contentsOfFile: directory + "/victim", encoding: .utf8) == "secret")
    }
  }

  @Test func whatCannotBeWrittenIsToldOnce() async throws {
    try await APIFixture.withDirectory { directory in
      let recorder = EventRecorder(file: try file(in: directory + "/gone"))
      for id in 1...5 { recorder.record(try event(id)) }
      recorder.finish()
      let told = Mutex<[String]>([])
      await recorder.run { text in told.withLock { $0.append(text) } }
      #expect(told.withLock { $0.count == 1 && $0[0].contains("ENOENT") })
    }
  }

  @Test func actionsNameTheirUser() async throws {
    try await ReloaderFixture.running { fixture in
      let before = await fixture.director.lastEvent
      _ = try await fixture.control.setState(
        .halt, of: .one(service: "Web", server: "a"), dryRun: false, by: "jane")
      try fixture.write(ReloaderFixture.text.replacing("ports=\"80\"", with: "ports=\"81\""))
      _ = try await fixture.control.reloadConfiguration(confirmWithin: nil, by: "joe")
      try fixture.write("<load-balancer><nonsense/></load-balancer>")
      _ = try? await fixture.control.reloadConfiguration(confirmWithin: nil, by: "jim")
      _ = try await fixture.control.rollbackConfiguration(back: 1, dryRun: false, by: "ann")
      _ = try await fixture.control.carryOut(.withdraw, dryRun: false, by: "bob")
      let events = await fixture.director.events(after: before).filter { $0.user != nil }
      #expect(events.map(\.user) == ["jane", "joe", "jim", "ann", "bob"])
      #expect(events.map(\.kind) == [.operatorAction, .configuration, .configuration, .configuration, .daemon])
      #expect(events[0].state == "halt")
      #expect(events[1].message.hasPrefix("configuration applied (reload): "))
      #expect(events[3].message.hasPrefix("configuration applied (rollback): "))
    }
  }
}
