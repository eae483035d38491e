import Foundation
import Glibc
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import HealthChecks

/// A directory of its own and free ports for one server.
final class Workplace {
  let path: String
  let ports: [UInt16]
  let certificates: TestCertificates

  init(_ name: String, ports count: Int) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "lbd-\(name)-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    ports = try (0..<count).map { _ in try Self.freePort() }
    certificates = try TestCertificates.shared.get()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static let isRoot = geteuid() == 0

  /// Below the ports that the kernel gives to whoever asks for any, tests beside this one among them
  /// (net.ipv4.ip_local_port_range).
  private static let lastPort = Atomic(UInt16.random(in: 10_000..<20_000))

  /// One that neither TCP nor UDP uses, and that no other workplace gets.
  private static func freePort() throws -> UInt16 {
    for _ in 0..<1000 {
      let port = lastPort.add(1, ordering: .relaxed).newValue
      if (try? LoopbackListener(port: port)) != nil,
        (try? ScriptedPeer(.hanging, isDatagram: true, port: port)) != nil
      {
        return port
      }
    }
    throw SystemError("find a free port", errno: EADDRINUSE)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    return file(name)
  }

  @discardableResult
  func directory(_ name: String, owner: String? = nil) throws -> String {
    try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    if let owner { try give(file(name), to: owner) }
    return file(name)
  }

  /// Where a server wants files of its own.
  func give(_ path: String, to owner: String) throws {
    guard Self.isRoot else { return }
    try FileManager.default.setAttributes([.ownerAccountName: owner], ofItemAtPath: path)
  }

  /// Runs a program to its end, which must be a good one.
  func run(_ words: [String]) async throws {
    let process = try ServerProcess(words, outputPath: file("run.log"))
    for _ in 0..<6000 where !process.isOver { try await Task.sleep(for: .milliseconds(10)) }
    #expect(process.isOver, "\(words): \(process.output)")
  }
}
