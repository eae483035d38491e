/// One line as `ipvsadm --restore` reads it, by the options of ipvsadm(8).
struct IPVSAdmLine {
  enum Action {
    case addService, editService, deleteService, addServer, editServer, deleteServer, clear, setTimeouts
    /// Of no meaning for the table.
    case other(String)
  }

  var action: Action?
  /// `tcp`, `udp`, `sctp` or `mark`.
  var transport = "tcp"
  var service: String?
  var server: String?
  /// Options with their values by long name; flags have an empty one.
  var options: [String: String] = [:]
  /// Of `--set`: seconds for TCP, TCP after a FIN, UDP.
  var timeouts: [String] = []

  private static let longNames = [
    "-A": "--add-service", "-E": "--edit-service", "-D": "--delete-service", "-C": "--clear", "-a": "--add-server",
    "-e": "--edit-server", "-d": "--delete-server", "-Z": "--zero", "-t": "--tcp-service", "-u": "--udp-service",
    "-f": "--fwmark-service", "-s": "--scheduler", "-p": "--persistent", "-M": "--netmask", "-r": "--real-server",
    "-g": "--gatewaying", "-i": "--ipip", "-m": "--masquerading", "-w": "--weight", "-x": "--u-threshold",
    "-y": "--l-threshold", "-o": "--ops", "-b": "--sched-flags", "-6": "--ipv6", "-n": "--numeric",
  ]
  private static let valued: Set = [
    "--tcp-service", "--udp-service", "--sctp-service", "--fwmark-service", "--scheduler", "--netmask",
    "--real-server", "--weight", "--u-threshold", "--l-threshold", "--sched-flags", "--pe", "--tun-type",
    "--tun-port",
  ]
  private static let flags: Set = [
    "--gatewaying", "--ipip", "--masquerading", "--ops", "--ipv6", "--numeric", "--tun-nocsum", "--tun-csum",
    "--tun-remcsum",
  ]
  private static let actions: [String: Action] = [
    "--add-service": .addService, "--edit-service": .editService, "--delete-service": .deleteService,
    "--add-server": .addServer, "--edit-server": .editServer, "--delete-server": .deleteServer, "--clear": .clear,
    "--set": .setTimeouts, "--zero": .other("--zero"), "--start-daemon": .other("--start-daemon"),
    "--stop-daemon": .other("--stop-daemon"),
  ]

  /// nil for an empty line and a comment.
  ///
  /// - Throws: ``ImportFault`` for an option that ipvsadm does not have.
  init?(_ text: Substring, number: Int) throws(ImportFault) {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    guard let first = words.first, !first.hasPrefix("#") else { return nil }
    if first == "ipvsadm" || first.hasSuffix("/ipvsadm") { words.removeFirst() }
    while let word = words.popFirst() {
      let parts = word.hasPrefix("--") ? word.split(separator: "=", maxSplits: 1).map(String.init) : [word]
      let name = Self.longNames[parts[0]] ?? parts[0]
      if parts.count == 2 { words = [parts[1]] + words }
      if let action = Self.actions[name] {
        guard self.action == nil else { throw ImportFault(line: number, message: "'\(word)' is a second command") }
        self.action = action
        if case .setTimeouts = action {
          timeouts = Array(words.prefix(3))
          words = words.dropFirst(3)
        }
        // The daemons of the kernel's synchronisation have words of their own.
        if case .other = action { words = [] }
      } else if name == "--persistent" {
        let hasValue = words.first.map { !$0.hasPrefix("-") } ?? false
        options[name] = hasValue ? words.popFirst() : "300"
      } else if Self.valued.contains(name) {
        guard let value = words.popFirst() else {
          throw ImportFault(line: number, message: "the option '\(word)' has no value")
        }
        take(name, value)
      } else if Self.flags.contains(name) {
        options[name] = ""
      } else {
        throw ImportFault(line: number, message: "'\(word)' is no option of ipvsadm")
      }
    }
    guard action != nil else { throw ImportFault(line: number, message: "there is no command such as -A or -a") }
  }

  private mutating func take(_ name: String, _ value: String) {
    switch name {
    case "--tcp-service": (transport, service) = ("tcp", value)
    case "--udp-service": (transport, service) = ("udp", value)
    case "--sctp-service": (transport, service) = ("sctp", value)
    case "--fwmark-service": (transport, service) = ("mark", value)
    case "--real-server": server = value
    default: options[name] = value
    }
  }
}
