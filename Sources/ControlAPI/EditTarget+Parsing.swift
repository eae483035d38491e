extension EditTarget {
  /// Every edit that a path can mean, by different methods; none when it means no edit.
  static func all(at path: ArraySlice<String>) -> [EditTarget] {
    guard let first = path.first else { return [] }
    let rest = path.dropFirst()
    switch first {
    case "services": return services(rest)
    case "floating-ips" where rest.isEmpty: return [.addFloatingIP]
    case "floating-ips" where rest.count == 1: return rest.map { .deleteFloatingIP($0) }
    default: return []
    }
  }

  private static func services(_ path: ArraySlice<String>) -> [EditTarget] {
    guard let service = path.first else { return [.addService] }
    let rest = Array(path.dropFirst())
    switch (rest.count, rest.first) {
    case (0, _): return [.editService(service), .deleteService(service)]
    case (1, "duplicate"): return [.duplicateService(service)]
    case (1, "servers"): return [.addServer(service: service)]
    case (_, "checks"): return checks(rest.dropFirst(), service, nil)
    case (2, "servers"):
      return [.editServer(service: service, server: rest[1]), .deleteServer(service: service, server: rest[1])]
    case (_, "servers") where rest[2] == "checks": return checks(rest.dropFirst(3), service, rest[1])
    default: return []
    }
  }

  private static func checks(_ path: ArraySlice<String>, _ service: String, _ server: String?) -> [EditTarget] {
    guard let number = path.first else { return [.addCheck(service: service, server: server)] }
    guard path.count == 1, let index = Int(number) else { return [] }
    return [
      .editCheck(service: service, server: server, index: index),
      .deleteCheck(service: service, server: server, index: index),
    ]
  }
}
