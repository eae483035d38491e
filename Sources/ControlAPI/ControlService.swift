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
  func reloadConfiguration(by user: String) async throws(APIError) -> Plan
  /// Prometheus' text format.
  func metrics() async throws(APIError) -> String
}
