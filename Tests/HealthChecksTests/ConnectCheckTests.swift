import Glibc
import LinuxSystem
import LoadBalancing
import Testing

@testable import HealthChecks

@Suite(.timeLimit(.minutes(5))) struct ConnectCheckTests {
  private let prober: ServerProber

  init() throws { prober = ServerProber(loop: try EpollLoop(threadName: "lbd-test")) }

  private func target(
    _ ports: [UInt16], at server: IPAddress = .loopback, timeout: Duration = .seconds(60)
  ) -> CheckTarget {
    CheckTarget(server: server, probe: .connect(ports: ports), timing: CheckTiming(timeout: timeout))
  }

  @Test(arguments: [IPAddress.loopback, .loopback6])
  func passesWhereSomethingListens(server: IPAddress) async throws {
    let listener = try LoopbackListener(at: server)
    let outcome = await prober.probe(target([listener.port], at: server))
    #expect(outcome.verdict == .passed)
    #expect(outcome.message.starts(with: "connected to port \(listener.port) in "))
    #expect(outcome.message.hasSuffix("s"))
  }

  @Test func resetsTheConnection() async throws {
    let listener = try LoopbackListener()
    _ = await prober.probe(target([listener.port]))
    // A reset before accept(2) leaves a socket whose first read says so.
    #expect(listener.acceptAndRead() == ECONNRESET)
  }

  @Test func everyPortMustConnect() async throws {
    let listeners = [try LoopbackListener(), try LoopbackListener(), try LoopbackListener()]
    defer { withExtendedLifetime(listeners) {} }
    let ports = listeners.map(\.port)
    let outcome = await prober.probe(target(ports))
    #expect(outcome.message.starts(with: "connected to ports \(ports[0]), \(ports[1]) and \(ports[2]) in "))

    listeners[1].stop()
    #expect(
      await prober.probe(target(ports))
        == ProbeOutcome(.failed, "port \(ports[1]): connection refused (ECONNREFUSED)"))
  }

  @Test func manyPortsAreCounted() async throws {
    let listener = try LoopbackListener()
    let outcome = await prober.probe(target([UInt16](repeating: listener.port, count: 9)))
    #expect(outcome.message.starts(with: "connected to 9 ports in "))
  }

  @Test func silenceEndsWithTheTimeout() async throws {
    let listener = try LoopbackListener(backlog: 0)
    let clients = try listener.fillBacklog()
    let outcome = await prober.probe(target([listener.port], timeout: .milliseconds(20)))
    #expect(outcome == ProbeOutcome(.failed, "port \(listener.port): no answer within 20 ms"))
    #expect(!clients.isEmpty)
  }

  @Test func cancellationEndsTheWait() async throws {
    let listener = try LoopbackListener(backlog: 0)
    let clients = try listener.fillBacklog()
    let (prober, target) = (prober, target([listener.port], timeout: .seconds(3600)))
    let check = Task { await prober.probe(target) }
    check.cancel()
    #expect(await check.value.verdict == .inconclusive)
    #expect(!clients.isEmpty)
  }

  @Test func cancellationBetweenTwoPortsEndsTheSecondWait() async throws {
    // A connection that was reset stays in the backlog.
    let first = try LoopbackListener(backlog: 256)
    let second = try LoopbackListener(backlog: 0)
    let clients = try second.fillBacklog()
    defer { withExtendedLifetime((first, clients)) {} }
    let target = target([first.port, second.port], timeout: .seconds(3600))
    // Ever later: before the first answer, between the ports, in the second wait.
    for round in 0..<200 {
      let prober = prober
      let check = Task { await prober.probe(target) }
      let cancelling = Task.detached {
        for _ in 0..<round { await Task.yield() }
        check.cancel()
      }
      #expect(await check.value == .cancelled)
      await cancelling.value
    }
  }

  @Test func aWrongAddressIsAFailure() async {
    // Linux refuses TCP to a broadcast address at once, whatever the routes.
    let outcome = await prober.probe(target([80], at: IPAddress(family: .inet, value: 0xFFFF_FFFF)))
    #expect(outcome == ProbeOutcome(.failed, "port 80: network is unreachable (ENETUNREACH)"))
  }

  @Test func noPortIsAFailure() async {
    let outcome = await prober.probe(target([]))
    #expect(outcome == ProbeOutcome(.failed, "no port to check: give the check the attribute port"))
  }
}

extension IPAddress {
  static let loopback = IPAddress(family: .inet, value: 0x7F00_0001)
  static let loopback6 = IPAddress(family: .inet6, value: 1)
}
