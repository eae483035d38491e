/// What the daemon offers to those who connect; permissions are already checked when a request comes here.
public protocol ControlService: Sendable {
  func overview() async throws(APIError) -> Overview
  func status() async throws(APIError) -> DaemonStatus
  func services() async throws(APIError) -> ServiceList
  /// Throws ``APIError/noSuchService(_:among:)``.
  func service(_ label: String) async throws(APIError) -> ServiceDetail
  /// A bounded number of events, the oldest of them first; nil begins at the oldest one kept.
  func events(after id: UInt64?) async throws(APIError) -> EventList
  /// Returns when the change is in effect; with `dryRun` nothing is changed.
  func setState(
    _ state: ServerState, of servers: ServerSelection, dryRun: Bool, by user: String
  ) async throws(APIError) -> StateChange
  /// Reads the files anew and judges them; errors are an answer, not thrown.
  func checkConfiguration() async throws(APIError) -> ConfigurationCheck
  /// Throws ``APIError/configurationErrors(_:)``.
  func planConfiguration() async throws(APIError) -> Plan
  /// Returns when the files are applied, with what was changed. Throws ``APIError/configurationErrors(_:)``.
  ///
  /// - Parameter seconds: unless it is confirmed within them, the files go back to what ran before.
  func reloadConfiguration(confirmWithin seconds: UInt64?, by user: String) async throws(APIError) -> Plan
  /// The last reload stays. Throws when nothing waits for confirmation.
  func confirmConfiguration(dryRun: Bool, by user: String) async throws(APIError) -> Plan
  /// Restores the files of so many configurations ago, and applies them.
  func rollbackConfiguration(back: UInt64, dryRun: Bool, by user: String) async throws(APIError) -> Plan
  func configuration() async throws(APIError) -> RunningConfiguration
  func configurationHistory() async throws(APIError) -> ConfigurationHistoryList
  func floatingIPs() async throws(APIError) -> FloatingIPList
  /// Returns when the edit is in its file and in effect. Throws what the edit's ``EditTarget`` may miss,
  /// 409 for what is there already, and ``APIError/configurationErrors(_:)``.
  func edit(
    _ target: EditTarget, _ element: ElementRequest, options: EditOptions, by user: String
  ) async throws(APIError) -> EditOutcome
  /// Returns when everything of lbd's is out of the kernel, or back in it, with what was changed there.
  func carryOut(_ withdrawal: Withdrawal, dryRun: Bool, by user: String) async throws(APIError) -> Plan
  /// The connections of the kernel's table that fit. Throws ``APIError/noSuchService(_:among:)``, also for a server.
  func connections(_ filter: ConnectionFilter) async throws(APIError) -> any ConnectionSource
  /// Looks for the mistakes that people make, in one virtual service or all; several requests wait for each other.
  /// Throws ``APIError/noSuchService(_:among:)``.
  func diagnose(_ service: String?) async throws(APIError) -> DiagnosisReport
  /// Prometheus' text format.
  func metrics() async throws(APIError) -> String
}
