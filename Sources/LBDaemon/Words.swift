import ControlAPI
import Director
import LoadBalancing

// The words of the control API are those of the rooms behind it; each is mapped by itself, so that neither side's
// types hold the other's.

extension StatusColor {
  init(_ color: StateColor) {
    self =
      switch color {
      case .green: .green
      case .yellow: .yellow
      case .red: .red
      case .blue: .blue
      }
  }
}

extension ControlAPI.ServerState {
  init(_ state: OperatorState) {
    self =
      switch state {
      case .online: .online
      case .drain: .drain
      case .halt: .halt
      }
  }
}

extension OperatorState {
  init(_ state: ControlAPI.ServerState) {
    self =
      switch state {
      case .online: .online
      case .drain: .drain
      case .halt: .halt
      }
  }
}

extension ServerHealth {
  init(_ health: Health) {
    self =
      switch health {
      case .up: .up
      case .down: .down
      case .unknown: .unknown
      case .unchecked: .unchecked
      }
  }
}

extension ControlAPI.Event {
  init(_ event: DirectorEvent) {
    let kind: Kind =
      switch event.kind {
      case .daemon: .daemon
      case .configuration: .configuration
      case .operatorAction: .operator
      case .health: .health
      case .service: .service
      case .fallback: .fallback
      case .repair: .repair
      case .failure: .error
      case .warning: .warning
      }
    self.init(
      id: UInt64(event.id), at: Timestamp(seconds: event.at), kind: kind, service: event.service, server: event.server,
      state: event.state, user: event.user, message: event.message)
  }
}

extension PlannedChange.Action {
  init(_ action: ConfigurationDifference.Action) {
    self =
      switch action {
      case .add: .add
      case .change: .change
      case .remove: .remove
      }
  }
}

extension VirtualService.InterfaceChoice {
  /// The value of the attribute `interface`; nil when it is absent.
  var text: String? {
    switch self {
    case .automatic: nil
    case .none: "none"
    case .named(let name): name
    }
  }
}
