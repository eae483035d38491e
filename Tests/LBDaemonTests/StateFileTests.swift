import Foundation
import LinuxSystem
import Testing

@testable import LBDaemon

@Suite struct StateFileTests {
  @Test func aLinkInTheStateDirectoryIsNotFollowed() async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/state-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let victim = directory + "/victim"
    try "{}".write(toFile: victim, atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: directory + "/state.json", withDestinationPath: victim)

    let store = StateFile(directory: directory, executor: try ThreadExecutor(name: "test"))
    let reading = try await store.read()
    #expect(reading.warning?.contains("is a symbolic link") == true)
    try await store.save(reading.state)
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "{}")
    #expect(try await store.read().warning == nil)
  }
}
