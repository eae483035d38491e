import Glibc
import HealthChecks
import LinuxSystem
import LoadBalancing

/// lbd's health monitor by itself, for machines without IPVS: `connect` checks of servers at 127.1.0.0 and up, and of
/// some that hang, until it is ended; then it tells what it has used.
@main
struct LabMonitor {
  static let usage =
    "usage: LabMonitor SERVERS HANGING INTERVAL SECONDS   port 18080 for servers, 18081 for those that hang\n"

  static func main() async throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap(Int.init)
    guard numbers.count == 4 else {
      print(usage)
      exit(64)
    }
    _ = try DescriptorLimit.raise()
    let timing = CheckTiming(interval: .seconds(numbers[2]), timeout: .seconds(3), failures: 2, successes: 1)
    let targets = (0..<numbers[0] + numbers[1]).map { index in
      let isHanging = index >= numbers[0]
      let address = IPAddress(family: .inet, value: 0x7F01_0000 + UInt128(index))
      return CheckTarget(server: address, probe: .connect(ports: [isHanging ? 18081 : 18080]), timing: timing)
    }
    let loop = try EpollLoop()
    let monitor = HealthMonitor(prober: ServerProber(loop: loop), executor: loop, clock: LoopClock(loop))
    await monitor.watch(Set(targets))
    let running = Task { await monitor.run() }
    try await Task.sleep(for: .seconds(numbers[3]))
    let up = await monitor.reports().count { $0.health == .up }
    running.cancel()
    await running.value
    var used = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
    let seconds =
      Double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + Double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6
    print("up \(up) cpu \(seconds) memory \(used.ru_maxrss / 1024)")
  }
}
