import ControlAPI
import Director
import LoadBalancing

extension DirectorControl {
  func connections(_ filter: ConnectionFilter) async throws(APIError) -> any ConnectionSource {
    let services = await director.configuration.virtualServices
    if let label = filter.service, !services.contains(where: { $0.label == label }) {
      throw .noSuchService(label, among: services.map(\.label))
    }
    if let name = filter.server {
      let servers = services.filter { filter.service == nil || $0.label == filter.service }.flatMap(\.realServers)
      let names = servers.flatMap { [$0.label, $0.address.description] }
      guard names.contains(name) || IPAddress(name) != nil else {
        throw .noSuchServer(anywhere: name, among: Set(names))
      }
    }
    var filter = filter
    filter.server = filter.server.map { IPAddress($0)?.description ?? $0 }
    if let client = filter.client {
      guard let address = IPAddress(client) else { throw .malformedRequest("the client '\(client)' is no address") }
      filter.client = address.description
    }
    return ConnectionTable(filter, labels: await director.connectionLabels, executor: tables)
  }
}
