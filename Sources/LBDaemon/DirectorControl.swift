import ControlAPI
import Director
import Glibc
import LinuxSystem
import LoadBalancing

/// Answers the control API's requests from the Director and the configuration.
struct DirectorControl: ControlService {
  let director: Director
  let keeper: ConfigurationKeeper
  let reloader: Reloader
  let examinations: Examinations
  let notifications: StateChangeQueue
  /// For reading large tables of the kernel's.
  let tables: ThreadExecutor
  let started = Timestamp.now
  let startedAt = ContinuousClock.now

  func overview() async throws(APIError) -> Overview {
    let services = await director.overview().map(ServiceOverview.init)
    return Overview(services: services, warnings: await warnings())
  }

  func status() async throws(APIError) -> DaemonStatus {
    let status = await director.currentStatus
    return DaemonStatus(
      version: ProgramVersion.current,
      pid: getpid(),
      startedAt: started,
      uptimeSeconds: UInt64((ContinuousClock.now - startedAt).components.seconds),
      configuration: await keeper.status,
      lastError: status.lastError.map { ErrorReport(at: Timestamp(seconds: $0.at), message: $0.message) },
      repairs: UInt64(status.repairs),
      contested: UInt64(status.contested),
      withdrawn: await director.isWithdrawn,
      warnings: await warnings())
  }

  func services() async throws(APIError) -> ServiceList {
    ServiceList(services: await director.overview().map(ServiceDetail.init))
  }

  func service(_ label: String) async throws(APIError) -> ServiceDetail {
    let reports = await director.overview()
    guard let report = reports.first(where: { $0.state.service.label == label }) else {
      throw .noSuchService(label, among: reports.map(\.state.service.label))
    }
    return ServiceDetail(report)
  }

  func events(after id: UInt64?) async throws(APIError) -> EventList {
    let events = await director.events(after: Int(clamping: id ?? 0)).map(ControlAPI.Event.init)
    return EventList(events: events, last: UInt64(await director.lastEvent))
  }

  func setState(
    _ state: ControlAPI.ServerState, of servers: ServerSelection, dryRun: Bool, by user: String
  ) async throws(APIError) -> StateChange {
    let word = OperatorState(state)
    let names = try await names(of: servers)
    var changes: [PlannedChange] = []
    var shortfalls: [String] = []
    for name in names {
      do {
        let taken =
          dryRun
          ? TakenWord(before: try await director.operatorState(of: name))
          : try await director.setOperatorState(word, of: name, by: user)
        let before = taken.before
        if let shortfall = taken.shortfall { shortfalls.append("\(name): \(shortfall)") }
        guard before != word else { continue }
        changes.append(
          PlannedChange(
            action: .change, service: name.service, server: name.server,
            message: "\(name.server): \(before.rawValue) → \(word.rawValue)", cutsConnections: word == .halt))
      } catch {
        throw APIError(error)
      }
    }
    if let first = shortfalls.first {
      throw .failed("\(word.rawValue) is remembered, but \(first)", details: shortfalls)
    }
    let supposed = dryRun ? Dictionary(names.map { ($0, word) }) { $1 } : [:]
    let reports = await director.overview(of: Set(names.map(\.service)), counting: false, supposing: supposed)
    let services = Dictionary(reports.map { ($0.state.service.label, $0) }) { $1 }
    let inEffect = names.compactMap { name in
      services[name.service].flatMap { ServerInEffect(name, in: $0) }
    }
    return StateChange(servers: inEffect, changes: changes, dryRun: dryRun)
  }

  func checkConfiguration() async throws(APIError) -> ConfigurationCheck {
    await reloader.check()
  }

  func planConfiguration() async throws(APIError) -> Plan {
    do {
      return Plan(changes: try await reloader.plan().map(PlannedChange.init))
    } catch {
      throw .configurationErrors(error.problems)
    }
  }

  func carryOut(_ withdrawal: Withdrawal, dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    let changes = await director.changes(withdrawing: withdrawal == .withdraw)
    if !dryRun {
      let shortfall =
        switch withdrawal {
        case .withdraw: await director.withdraw(by: user)
        case .resume: await director.resume(by: user)
        }
      if let shortfall { throw .failed("\(withdrawal.rawValue) is remembered, but \(shortfall)") }
    }
    return Plan(changes: changes.map { PlannedChange(action: .change, message: "\($0)") })
  }

  func metrics() async throws(APIError) -> String {
    Metrics(
      overview: try await overview(), status: try await status(), mistakes: await director.currentStatus.mistakes,
      work: await director.work(), reloads: await reloader.counts, notifications: notifications.counts
    ).text
  }

  private func names(of servers: ServerSelection) async throws(APIError) -> [ServerName] {
    switch servers {
    case .one(let service, let server):
      let name = ServerName(service: service, server: server)
      do {
        _ = try await director.operatorState(of: name)
      } catch {
        throw APIError(error)
      }
      return [name]
    case .everywhere(let wanted):
      let services = await director.configuration.virtualServices
      let address = IPAddress(wanted)
      let names = services.flatMap { service in
        service.realServers.filter { $0.label == wanted || $0.address == address }
          .map { ServerName(service: service.label, server: $0.label) }
      }
      guard !names.isEmpty else {
        let known = services.flatMap(\.realServers).flatMap { [$0.label, $0.address.description] }
        throw .noSuchServer(anywhere: wanted, among: Set(known))
      }
      return names
    }
  }

  private func warnings() async -> [String] {
    let status = await director.currentStatus
    var warnings = [
      status.lastError?.message,
      status.stateFileError.map {
        "the state file cannot be written, halts and drains of now would be lost in a restart: \($0)"
      },
    ].compactMap(\.self)
    warnings += status.unplacedAddresses.sorted { $0.key < $1.key }.map(\.value)
    warnings += status.addressWarnings.sorted { $0.key < $1.key }.map(\.value)
    warnings += status.mistakes.map { mistake in
      let subject = [mistake.service, mistake.server].compactMap(\.self).joined(separator: "/")
      return "\(subject.isEmpty ? "" : subject + ": ")\(mistake.code): \(mistake.evidence); see 'lbctl diagnose'"
    }
    warnings += status.contestWarnings
    let configuration = await keeper.status
    if !configuration.errors.isEmpty {
      warnings.append("the configuration files have errors and are not applied: see 'lbctl status'")
    }
    if await director.isWithdrawn {
      warnings.append("everything of lbd's is out of the kernel; 'lbctl resume' puts it back")
    }
    if await reloader.confirmation != nil {
      warnings.append("the last reload goes back by itself unless it is confirmed: 'lbctl config confirm'")
    }
    return warnings
  }
}

extension APIError {
  init(_ unknown: UnknownName) {
    switch unknown {
    case .service(let label, let known): self = .noSuchService(label, among: known)
    case .server(let name, let known): self = .noSuchServer(name.server, in: name.service, among: known)
    }
  }
}
