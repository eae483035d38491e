import ArgumentParser
import ControlAPI

/// In which order an overview shows services, and the servers of each.
enum OverviewOrder: String, ExpressibleByArgument, CaseIterable {
  /// As in the configuration.
  case file
  case label
  /// Red, yellow, green, blue; as in the configuration where equal.
  case status
}

extension Overview {
  func sorted(by order: OverviewOrder) -> Overview {
    var overview = self
    switch order {
    case .file: break
    case .label:
      overview.services.sort { $0.label < $1.label }
      for index in overview.services.indices { overview.services[index].servers.sort { $0.label < $1.label } }
    case .status:
      overview.services = Self.worstFirst(overview.services, \.status)
      for index in overview.services.indices {
        overview.services[index].servers = Self.worstFirst(overview.services[index].servers, \.status)
      }
    }
    return overview
  }

  private static func worstFirst<Thing>(_ things: [Thing], _ status: (Thing) -> StatusColor) -> [Thing] {
    [StatusColor.red, .yellow, .green, .blue].flatMap { color in things.filter { status($0) == color } }
  }
}
