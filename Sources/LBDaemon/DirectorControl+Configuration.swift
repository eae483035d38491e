import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

extension DirectorControl {
  func reloadConfiguration(confirmWithin seconds: UInt64?, by user: String) async throws(APIError) -> Plan {
    if let seconds {
      return Plan(changes: try inEffect(try await reloader.reload(confirmWithin: seconds, by: user)))
    }
    let applied: Applied<[ConfigurationDifference]>
    do throws(RefusedConfiguration) {
      applied = try await reloader.reload(reason: "reload", by: user)
    } catch {
      throw .configurationErrors(error.problems)
    }
    return Plan(changes: try inEffect(applied).map(PlannedChange.init))
  }

  /// The changes, unless the kernel did not follow.
  private func inEffect<Changes>(_ applied: Applied<Changes>) throws(APIError) -> Changes {
    guard let shortfall = applied.shortfall else { return applied.changes }
    throw .failed("the configuration is applied, but \(shortfall)")
  }

  func confirmConfiguration(dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    try await reloader.confirm(dryRun: dryRun, by: user)
    return Plan(changes: [])
  }

  func rollbackConfiguration(back: UInt64, dryRun: Bool, by user: String) async throws(APIError) -> Plan {
    Plan(changes: try inEffect(try await reloader.rollback(back: back, dryRun: dryRun, by: user)))
  }

  func configuration() async throws(APIError) -> RunningConfiguration {
    let parts = ConfigurationPart.parts(of: await keeper.running).map { part in
      RunningPart(
        element: part.element, label: part.label, file: part.location.file, line: part.location.line, text: part.text)
    }
    return RunningConfiguration(runsFrom: await keeper.status.runsFrom, parts: parts)
  }

  func configurationHistory() async throws(APIError) -> ConfigurationHistoryList {
    do throws(ConfigurationHistoryError) {
      return ConfigurationHistoryList(configurations: try await keeper.historyEntries())
    } catch {
      throw .failed("\(error)")
    }
  }

  func floatingIPs() async throws(APIError) -> FloatingIPList {
    FloatingIPList(
      floatingIPs: await director.configuration.floatingIPs.map { floating in
        FloatingIPSettings(
          address: floating.address.description, prefixLength: floating.prefixLength, interface: floating.interface)
      })
  }

  func edit(
    _ target: EditTarget, _ element: ElementRequest, options: EditOptions, by user: String
  ) async throws(APIError) -> EditOutcome {
    try inEffect(try await reloader.edit(try ConfigurationEdit(target, element), options: options, by: user))
  }
}
