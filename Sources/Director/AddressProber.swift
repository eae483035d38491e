public import Interfaces
public import LinuxSystem
import LoadBalancing

/// Asks on the wire who else has the addresses that come up here.
public protocol AddressProber: Sendable {
  /// Returns after a second, with what was found in an operator's words, by address.
  func claims(of places: [InterfaceAddress], on interfaces: InterfaceSnapshot) async -> [InterfaceAddress: String]
}

/// Asks with ARP and neighbour solicitations, on a thread of its own because it waits for answers.
public actor WireProber: AddressProber {
  private static let patience = Duration.seconds(1)

  private let executor: ThreadExecutor

  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  public init(executor: ThreadExecutor) {
    self.executor = executor
  }

  public func claims(
    of places: [InterfaceAddress], on interfaces: InterfaceSnapshot
  ) async -> [InterfaceAddress: String] {
    var found: [InterfaceAddress: String] = [:]
    for (name, places) in Dictionary(grouping: places, by: \.interface) {
      guard let link = interfaces.link(named: name) else { continue }
      let byAddress = Dictionary(places.map { ($0.address, $0) }) { first, _ in first }
      do {
        let answers = try AddressProbe.claims(
          of: Set(byAddress.keys), on: link, ignoring: interfaces.hardwareAddresses, until: .now + Self.patience)
        for answer in answers {
          guard let place = byAddress[answer.address] else { continue }
          found[place] =
            "\(answer.address) is also answered for by \(answer.hardware) on \(name): take it off that machine, or, if "
            + "it is a real server of this service, keep it from answering (net.ipv4.conf.all.arp_ignore=1, "
            + "arp_announce=2 and the address on lo)"
        }
      } catch {
        for place in places { found[place] = "nobody could be asked on \(name) who has \(place.address): \(error)" }
      }
    }
    return found
  }
}
