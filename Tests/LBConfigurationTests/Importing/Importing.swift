import LoadBalancing

@testable import LBConfiguration

/// An imported configuration, as it stands and as it loads.
struct Imported {
  let text: String
  let notes: [String]
  let loaded: LoadBalancer

  init(_ kind: ConfigurationImport.Kind, _ text: String) throws {
    let imported = try ConfigurationImport(Array(text.utf8), kind: kind, file: "other.conf")
    self.text = imported.text
    notes = imported.notes.map(\.description)
    loaded = try ConfigurationLoader.load(files: [file(imported.text)]).get().loadBalancer
  }

  var services: [VirtualService] { loaded.virtualServices }

  /// What ipvsadm would print of it, in the order of the document; a mark of lbd's own has no number here.
  var table: [String] {
    services.flatMap { service in
      let entry =
        switch service.entry {
        case .address(let address, let ports, let transport): "\(transport.rawValue) \(address) \(ports)"
        case .firewallMark(let mark, let family): "mark \(mark) \(family.rawValue)"
        }
      let persistence = service.persistence.map { " p \($0.timeout.components.seconds)/\($0.granularity)" } ?? ""
      let flags = service.onePacket ? " ops" : ""
      return ["\(entry) \(service.scheduler.rawValue)\(persistence)\(flags)"]
        + service.realServers.map { server in
          let port = server.port.map { " port \($0)" } ?? ""
          return "  \(server.address)\(port) \(service.forwarding.rawValue) \(server.weight)"
        }
    }
  }
}
