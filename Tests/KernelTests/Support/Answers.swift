/// Who answered some connections, or what else became of them, and the clients' addresses as the servers saw them.
struct Answers: Equatable, CustomStringConvertible {
  let servers: Set<String>
  let clients: Set<String>

  init(servers: Set<String>, clients: Set<String>) {
    self.servers = servers
    self.clients = clients
  }

  init(_ connections: [Connected]) {
    servers = Set(connections.map { $0.server ?? $0.result })
    clients = Set(connections.compactMap(\.client))
  }

  var description: String { "\(servers.sorted()) answered \(clients.sorted())" }
}
