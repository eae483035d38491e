import ControlAPI
import Director
import LBConfiguration
import LoadBalancing

extension AddressConflicts {
  /// The conflicts with the places of their addresses in the files.
  func problems(in loaded: LoadedConfiguration) -> [ControlAPI.ConfigurationProblem] {
    conflicts.map { conflict in
      let (location, element): (SourceLocation?, String) =
        switch conflict.claimant {
        case .service(let label): (loaded.locations.serviceAddresses[label], "virtual-service '\(label)'")
        case .floatingIP(let address): (loaded.locations.floatingIPs[address], "floating-ip")
        }
      return .init(
        file: location?.file ?? "", line: location?.line ?? 0, message: "\(element): \(conflict)")
    }
  }
}
