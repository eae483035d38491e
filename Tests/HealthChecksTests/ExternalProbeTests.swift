import CheckPrograms
import Foundation
import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

/// External checks over the helper's socket, the helper in this process.
@Suite(.timeLimit(.minutes(5))) struct ExternalProbeTests {
  private let directory = NSTemporaryDirectory() + "lbd-external-\(UInt32.random(in: 0 ... .max))"
  private var socket: String { directory + "/checks.sock" }
  private static let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Config/checks").path

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func withHelper(_ body: (ServerProber) async throws -> Void) async throws {
    let listener = try UnixSocket.listen(at: socket, backlog: 16).take()
    let server = try ProgramServer()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run(on: OwnedDescriptor(listener)) }
      try await body(try prober())
      group.cancelAll()
    }
    try FileManager.default.removeItem(atPath: directory)
  }

  private func prober(start: (@Sendable () -> Void)? = nil) throws -> ServerProber {
    ServerProber(
      loop: try EpollLoop(threadName: "lbd-test"), helper: ProgramHelper(socketPath: socket, start: start))
  }

  private func target(
    _ program: String, ports: PortSet = PortSet(80), serverPort: UInt16? = nil, timeout: Duration = .seconds(50)
  ) -> CheckTarget {
    let service = VirtualService(
      label: "Web", entry: .address(.loopback, ports: ports, protocol: .tcp),
      healthChecks: [HealthCheck(.external(command: program), timing: CheckTiming(timeout: timeout))],
      realServers: [LoadBalancing.RealServer(label: "rip1", address: .loopback, port: serverPort)])
    return service.checks(of: service.realServers[0], defaults: CheckTiming())[0]
  }

  private func script(_ text: String) throws -> String {
    let path = directory + "/script"
    try ("#!/bin/sh\n" + text + "\n").write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test func programsGetTheFourArgumentsAndTheFacts() async throws {
    let script = try script(#"echo "$# $* $LBD_SERVICE $LBD_SERVER $LBD_PORTS $LBD_PROTOCOL $LBD_TIMEOUT""#)
    try await withHelper { prober in
      #expect(
        await prober.probe(target(script, ports: PortSet([80...80, 90...95])))
          == ProbeOutcome(.passed, "4 127.0.0.1 80 127.0.0.1 80 Web rip1 80,90-95 tcp 50.0"))
    }
  }

  @Test func aProgramThatHangsFailsInItsTime() async throws {
    let script = try script("echo 'waiting for a lock'; sleep 1000")
    try await withHelper { prober in
      // A machine that is busy elsewhere may keep the program from beginning, or the helper from answering.
      var outcome = await prober.probe(target(script, timeout: .milliseconds(300)))
      while outcome.verdict == .inconclusive || !outcome.message.contains("lock") {
        outcome = await prober.probe(target(script, timeout: .milliseconds(300)))
      }
      #expect(outcome == ProbeOutcome(.failed, "no end within 0.3 s; it said: waiting for a lock"))
    }
  }

  @Test func manyAtOnceWaitForEachOther() async throws {
    let script = try script("exit 0")
    try await withHelper { prober in
      let outcomes = await withTaskGroup(of: ProbeOutcome.self) { group in
        for _ in 0..<(ProgramServer.programsAtOnce + 16) { group.addTask { await prober.probe(target(script)) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(outcomes) == [ProbeOutcome(.passed, "exit status 0")])
    }
  }

  @Test func withoutTheHelperNothingIsSaidOfTheServer() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let outcome = await (try prober()).probe(target("/bin/true"))
    #expect(outcome.verdict == .inconclusive && outcome.message.contains("lbd-checks"), "\(outcome.message)")
    #expect(outcome.message.contains("ENOENT"), "\(outcome.message)")
  }

  /// Who may start the helper asks for it, and waits until it listens.
  @Test func theHelperIsStartedWhenItIsNeeded() async throws {
    let (requests, request) = AsyncStream<Void>.makeStream()
    let prober = try prober { request.yield() }
    let outcome = Task { await prober.probe(target("/bin/true")) }
    for await _ in requests { break }
    try await withHelper { _ in #expect(await outcome.value == ProbeOutcome(.passed, "exit status 0")) }
  }

  @Test func theShippedPortsCheckAsksEveryPort() async throws {
    let listeners = [try LoopbackListener(), try LoopbackListener()]
    let ports = listeners.map { $0.port...$0.port }
    try await withHelper { prober in
      let target = target(Self.shipped + "/ports", ports: PortSet(ports))
      #expect(await prober.probe(target) == ProbeOutcome(.passed, "connected to all ports: 2"))
      let translated = self.target(Self.shipped + "/ports", ports: PortSet(1), serverPort: listeners[0].port)
      #expect(await prober.probe(translated) == ProbeOutcome(.passed, "connected to all ports: 1"))
      listeners[1].stop()
      #expect(
        await prober.probe(target)
          == ProbeOutcome(.failed, "exit status 1: port \(listeners[1].port): no connection"))
      #expect(
        await prober.probe(self.target(Self.shipped + "/template")).message == "127.0.0.1:80 serves 127.0.0.1:80")
    }
  }
}
