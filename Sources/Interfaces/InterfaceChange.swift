/// One change of the addresses on interfaces.
public enum InterfaceChange: Hashable, Sendable {
  case addAddress(InterfaceAddress)
  case removeAddress(InterfaceAddress)

  public var place: InterfaceAddress {
    switch self {
    case .addAddress(let place), .removeAddress(let place): place
    }
  }
}

extension InterfaceChange: CustomStringConvertible {
  /// `add 10.10.90.199/32 on eth0`
  public var description: String {
    switch self {
    case .addAddress(let place): "add \(place)"
    case .removeAddress(let place): "remove \(place)"
    }
  }
}

/// What became of changes: those in neither list were made.
public struct InterfaceOutcome: Hashable, Sendable {
  /// There already, or gone already: somebody else did it.
  public var alreadySo: [InterfaceChange] = []
  public var failures: [InterfaceFailure] = []

  public init(alreadySo: [InterfaceChange] = [], failures: [InterfaceFailure] = []) {
    self.alreadySo = alreadySo
    self.failures = failures
  }
}
