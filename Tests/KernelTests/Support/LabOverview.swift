/// `lbctl overview --json`, as the reference describes it.
struct LabOverview: Decodable {
  struct Service: Decodable {
    let label: String
    let address: String?
    let ports: String?
    let status: String
    let fallback: Fallback?
    let servers: [Server]

    func server(_ label: String) -> Server? { servers.first { $0.label == label } }
  }

  struct Server: Decodable {
    let label: String
    let weight: Int
    let effectiveWeight: Int
    let status: String
    let state: String
    let health: String
    let lastCheck: Check?
  }

  struct Check: Decodable {
    let message: String
  }

  struct Fallback: Decodable {
    let address: String
    let active: Bool
  }

  let services: [Service]

  func service(_ label: String) -> Service? { services.first { $0.label == label } }
}
