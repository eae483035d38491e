import CheckPrograms
import ClientWatch
import ControlAPI
import Diagnosis
import Director
import FoundationEssentials
import Glibc
import HealthChecks
import LBConfiguration
import LinuxSystem
import LoadBalancing
import Logging
import Netlink
import ServiceLifecycle
import UnixSignals

/// Puts the parts of lbd together.
struct Daemon {
  private let options: DaemonOptions
  private let logger: Logger

  init(_ options: DaemonOptions) {
    self.options = options
    logger = Logger(label: "lbd") { _ in LogLine() }
  }

  /// Serves until SIGTERM or SIGINT.
  ///
  /// - Throws: ``DaemonFailure``.
  func run() async throws {
    let socket = try await claimSocket()
    let files = try thread("lbd-files")
    let keeper = ConfigurationKeeper(options, executor: files)
    let store = StateFile(directory: options.stateDirectory, executor: files)
    let saved = try await readState(store)
    let eventFile = EventFile(directory: options.stateDirectory, executor: files)
    let history = await eventFile.read()
    let recorder = EventRecorder(file: eventFile)
    let notifications = StateChangeQueue()
    let checkRoutes = CheckRoutes()
    let helper = CheckHelper(socketPath: options.checksSocketPath)
    let loop = try loop("lbd-checks")
    let monitor = healthMonitor(loop, checkRoutes, helper.asked)
    let first = await FirstConfiguration(keeper)
    let director = try await start(first, keeper: keeper) { configuration in
      Director(
        executor: try thread("lbd-director"), configuration: configuration, saved: saved.state,
        kernel: try linuxKernel(), monitor: monitor, store: store,
        prober: WireProber(executor: try thread("lbd-probe")), checkRoutes: checkRoutes, history: history.events,
        now: { Date().timeIntervalSince1970 },
        observe: { [logger] in
          recorder.record($0)
          notifications.offer($0)
          logger.log($0)
        })
    }
    async let recording: Void = recorder.run { await director.note(.failure, .error, $0) }
    for warning in [saved.warning, first.restoration.warning].compactMap(\.self) {
      await director.note(.warning, .error, warning)
    }
    if let warning = history.warning { await director.note(.warning, .warning, warning) }
    let reloader = Reloader(keeper: keeper, director: director)
    let examinations = Examinations(
      director: director,
      examiner: Examiner(
        executor: try thread("lbd-examine"),
        openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) },
        openNetfilter: { () throws(NetlinkError) in try LibNLTransport(.netfilter) }))
    let watcher = ClientWatcher(
      executor: try thread("lbd-clients"),
      openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) })
    let control = DirectorControl(
      director: director, keeper: keeper, reloader: reloader, examinations: examinations,
      notifications: notifications, tables: try thread("lbd-tables"))
    let notifier = ServiceNotifier()
    let server = APIServer(socket: socket, service: control, logger: logger) {
      await director.note(
        .daemon, .information, "lbd \(ProgramVersion.current) serves, control socket \(options.socket)")
      try? notifier.ready()
    }
    let watchdog = notifier.watchdogInterval.map { interval in
      Watchdog(
        interval: interval, clock: ContinuousClock(), turnRound: { await director.turnRound() },
        feed: { try? notifier.watchdog() })
    }
    let group = ServiceGroup(
      configuration: .init(
        services: (watchdog.map { [.init(service: $0)] } ?? []) + [
          .init(service: DirectorService(director: director), failureTerminationBehavior: .gracefullyShutdownGroup),
          .init(service: server, failureTerminationBehavior: .gracefullyShutdownGroup),
          .init(service: CheckHelperService(helper: helper, director: director)),
          .init(
            service: Notifier(
              queue: notifications, director: director,
              runProgram: { request async throws(ProgramHelperError) in try await helper.asked.run(request, over: loop)
              },
              clock: ContinuousClock())),
          .init(service: ReloadOnSignal(reloader: reloader)),
          .init(service: SuspectWatch(director: director, monitor: monitor, watcher: watcher)),
          .init(
            service: BackgroundExamination(
              director: director, examine: { try await examinations.examine().findings }, clock: ContinuousClock())),
          .init(
            service: FileWatch(
              keeper: keeper, reloader: reloader, director: director, first: first.fingerprints,
              clock: ContinuousClock())),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
    try await group.run()
    try? notifier.stopping()
    await director.note(
      .daemon, .information,
      "lbd ends; the kernel's table stays, traffic flows on ('lbctl withdraw' would take it out)")
    recorder.finish()
    await recording
  }

  /// Takes everything that lbd made out of the kernel, without a daemon.
  ///
  /// - Throws: ``DaemonFailure``.
  func withdraw() async throws {
    let claim: APIServerSocket?
    do {
      claim = try await APIServerSocket.claimIfDirectoryExists(options.socket)
    } catch {
      throw DaemonFailure("\(error)")
    }
    defer { withExtendedLifetime(claim) {} }
    let store = StateFile(directory: options.stateDirectory, executor: try thread("lbd-files"))
    let saved = try await readState(store)
    let director = Director(
      executor: try thread("lbd-director"), configuration: LoadBalancer(), saved: saved.state,
      kernel: try linuxKernel(),
      monitor: healthMonitor(try loop("lbd-checks")), store: store,
      prober: WireProber(executor: try thread("lbd-probe")), now: { Date().timeIntervalSince1970 },
      observe: { [logger] in logger.log($0) })
    if let warning = saved.warning {
      await director.note(
        .warning, .error,
        "\(warning); services that it cannot recognise as its own stay in the kernel: 'ipvsadm -Ln' shows them")
    }
    do throws(KernelError) {
      if let shortfall = try await director.withdrawOnce() {
        throw KernelError(.interrupted, "not everything is withdrawn, try again: \(shortfall)")
      }
    } catch {
      throw DaemonFailure(error)
    }
  }

  private func claimSocket() async throws -> APIServerSocket {
    do {
      return try await APIServerSocket.claim(options.socket)
    } catch {
      throw DaemonFailure("\(error)")
    }
  }

  private func readState(_ store: StateFile) async throws -> StateFile.Reading {
    do throws(SystemError) {
      try StateDirectory.make(options.stateDirectory)
      var reading = try await store.read()
      reading.state.began(bootID: try BootIdentifier.read())
      return reading
    } catch {
      throw DaemonFailure(
        "the state directory \(options.stateDirectory) cannot be used: \(error); make it writable for lbd, or name "
          + "another with --state-directory DIR")
    }
  }

  private func thread(_ name: String) throws -> ThreadExecutor {
    do {
      return try ThreadExecutor(name: name)
    } catch {
      throw DaemonFailure("no thread can be started: \(error)")
    }
  }

  private func healthMonitor(
    _ loop: EpollLoop, _ routes: CheckRoutes = CheckRoutes(), _ helper: ProgramHelper? = nil
  ) -> HealthMonitor {
    // The rest of the descriptors is for the control socket, files and netlink.
    let descriptors = (try? DescriptorLimit.raise()) ?? 1024
    return HealthMonitor(
      prober: ServerProber(loop: loop, routes: routes, helper: helper), executor: loop, clock: LoopClock(loop),
      checksInFlightMax: min(10_000, max(64, descriptors - 1000)))
  }

  private func loop(_ name: String) throws -> EpollLoop {
    do {
      return try EpollLoop(threadName: name)
    } catch {
      throw DaemonFailure("sockets cannot be waited for: \(error)")
    }
  }

  private func linuxKernel() throws -> LinuxKernel {
    LinuxKernel(
      executor: try thread("lbd-kernel"), counting: try thread("lbd-counters"), loop: try loop("lbd-events"),
      openGeneric: { () throws(NetlinkError) in try LibNLTransport(.generic) },
      openNetfilter: { () throws(NetlinkError) in try LibNLTransport(.netfilter) },
      openRoute: { () throws(NetlinkError) in try LibNLTransport(.route, strictChecking: true) })
  }

  /// Starts with the first configuration that the machine can take.
  private func start(
    _ first: FirstConfiguration, keeper: ConfigurationKeeper, make: (LoadBalancer) throws -> Director
  ) async throws -> Director {
    var problems = first.problems
    for candidate in first.candidates {
      let director = try make(candidate.loaded.loadBalancer)
      do {
        try await director.start()
        await first.tell(problems, running: candidate.source, to: director)
        if let warning = await keeper.applied(candidate.loaded, from: candidate.source) {
          await director.note(.failure, .error, warning)
        }
        if !problems.isEmpty {
          let passingOver = first.restoration.unwritten != nil
          await keeper.refused(problems, in: first.reading, passingOver: passingOver)
        }
        return director
      } catch let conflicts as AddressConflicts {
        problems += conflicts.problems(in: candidate.loaded)
      } catch let error as KernelError {
        throw DaemonFailure(error)
      }
    }
    throw DaemonFailure("no configuration can be started")
  }
}
