import Interfaces

extension Director {
  /// Tells the neighbours where addresses are now.
  func announce(_ places: [InterfaceAddress]) async throws(KernelError) {
    guard !places.isEmpty else { return }
    for failure in try await kernel.announce(places) {
      events.add(.warning, .warning, failure.description)
    }
  }

  /// Asks who else has the addresses that came up, until the task is cancelled. Nothing waits for the answers.
  func probeAddresses() async {
    for await _ in probeRequests {
      let places = unprobed
      unprobed = []
      guard !places.isEmpty, let interfaces = observed?.interfaces else { continue }
      let claims = await prober.claims(of: places, on: interfaces)
      for place in places {
        status.addressWarnings[place.address] = claims[place]
        if let claim = claims[place] {
          events.add(.warning, .warning, claim, service: model.label(of: .interface(.addAddress(place))))
        }
      }
    }
  }
}
