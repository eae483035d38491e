/// Counts connections by service, server and state.
public struct ConnectionTally: Sendable {
  private struct Key: Hashable {
    let service: String?
    let server: String?
    let isFallback: Bool
  }

  public private(set) var summary = ConnectionSummary()
  private var places: [Key: Int] = [:]

  public init() {}

  public mutating func add(_ connection: Connection) {
    let place = place(of: connection)
    if connection.template == true {
      summary.templates += 1
      summary.groups[place].templates += 1
    } else {
      summary.total += 1
      summary.groups[place].states[connection.state, default: 0] += 1
    }
  }

  private mutating func place(of connection: Connection) -> Int {
    let key = Key(
      service: connection.service, server: connection.server, isFallback: connection.fallback == true)
    if let place = places[key] { return place }
    summary.groups.append(
      ConnectionSummary.Group(
        service: connection.service, server: connection.server, fallback: connection.fallback))
    places[key] = summary.groups.count - 1
    return summary.groups.count - 1
  }
}
