import Interfaces
import LoadBalancing

extension Director {
  /// Tells the neighbours where addresses are now.
  func announce(_ places: [InterfaceAddress]) async throws(KernelError) {
    guard !places.isEmpty else { return }
    for failure in try await kernel.announce(places) {
      events.add(.warning, .warning, failure.description)
    }
  }

  /// Tells of virtual addresses that no interface here can take, each once.
  func tellUnplacedAddresses(on interfaces: InterfaceSnapshot) {
    let unplaced = course.model.unplacedAddresses(on: interfaces)
    for (address, words) in unplaced.sorted(by: { $0.key < $1.key })
    where status.unplacedAddresses[address] != words {
      events.add(.warning, .warning, words)
    }
    status.unplacedAddresses = unplaced
  }

  /// Asks who else has the addresses that came up, until the task is cancelled. Nothing waits for the answers.
  func probeAddresses() async {
    for await _ in probeRequests {
      let places = unprobed
      unprobed = []
      guard !places.isEmpty, let interfaces = course.observed?.interfaces else { continue }
      let claims = await prober.claims(of: places, on: interfaces)
      for place in places {
        status.addressWarnings[place.address] = claims[place]
        if let claim = claims[place] {
          events.add(.warning, .warning, claim, service: course.model.label(of: .interface(.addAddress(place))))
        }
      }
    }
  }
}
