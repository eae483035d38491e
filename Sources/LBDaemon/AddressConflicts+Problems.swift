import ControlAPI
import Director
import LBConfiguration

extension AddressConflicts {
  /// The conflicts with the places of their services in the files.
  func problems(in loaded: LoadedConfiguration) -> [ControlAPI.ConfigurationProblem] {
    conflicts.map { conflict in
      let location = loaded.locations.virtualServices[conflict.service]
      return .init(
        file: location?.file ?? "", line: location?.line ?? 0,
        message: "virtual-service '\(conflict.service)': \(conflict)")
    }
  }
}
