import ArgumentParser
import ControlAPI
import Director
import Glibc
import LBConfiguration
import LinuxSystem
import LoadBalancing
import Logging

/// The program `lbd`.
struct DaemonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lbd",
    abstract: "Balances TCP, UDP and SCTP services over real servers with the kernel's IPVS.",
    discussion: """
      Stays in the foreground and logs to standard error. SIGHUP reloads the configuration, SIGTERM ends lbd and
      leaves the kernel's table as it is, so that traffic flows on; 'lbctl withdraw' takes everything out.

      EXAMPLES
        lbd                                    runs with /etc/lbd/lbd.xml and /etc/lbd/conf.d
        lbd --check                            judges these files, as 'lbctl config check' does
        lbd --config my.xml --config-directory /nonexistent --state-directory /tmp/lbd --socket /tmp/lbd.sock

      EXIT STATUS
        0 ended as asked · 1 failed · 2 the configuration has errors (--check) · 5 no permission · 64 wrong usage
      """,
    version: ProgramVersion.current)

  @OptionGroup var options: DaemonOptions

  init() {}

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    do {
      if options.check {
        try await check()
      } else if options.withdraw {
        try await Daemon(options).withdraw()
      } else {
        try await Daemon(options).run()
      }
    } catch let failure as DaemonFailure {
      LogLine().write(level: .error, failure.message)
      throw ExitCode(failure.exitCode)
    }
  }

  private func check() async throws {
    let keeper = ConfigurationKeeper(options, executor: try ThreadExecutor(name: "lbd-files"))
    let reading = await keeper.read()
    do {
      let services = try reading.judged().loadBalancer.virtualServices.count
      print("\(reading.paths.joined(separator: ", ")): no errors, virtual services: \(services)")
    } catch {
      for problem in error.problems { LogLine.write(problem.description + "\n") }
      throw ExitCode(DaemonFailure.configurationErrors)
    }
  }
}

/// Why lbd cannot go on: a message with the remedy, and the exit code.
struct DaemonFailure: Error {
  static let failed: Int32 = 1
  static let configurationErrors: Int32 = 2
  static let noPermission: Int32 = 5

  let message: String
  let exitCode: Int32

  init(_ message: String, exitCode: Int32 = DaemonFailure.failed) {
    self.message = message
    self.exitCode = exitCode
  }

  init(_ error: KernelError) {
    self.init(
      "\(error)", exitCode: error.code == .noPermission ? DaemonFailure.noPermission : DaemonFailure.failed)
  }
}
