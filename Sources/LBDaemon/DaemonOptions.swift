import ArgumentParser

/// The command line of `lbd`.
struct DaemonOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("The main configuration file; may be missing when there are drop-ins.", valueName: "FILE"))
  var config = "/etc/lbd/lbd.xml"

  @Option(help: ArgumentHelp("The drop-ins: every *.xml in this directory, in byte order.", valueName: "DIR"))
  var configDirectory = "/etc/lbd/conf.d"

  @Option(help: ArgumentHelp("What lbd remembers: operator states, marks, the history, events.", valueName: "DIR"))
  var stateDirectory = "/var/lib/lbd"

  @Option(help: ArgumentHelp("The control socket, for lbctl.", valueName: "PATH"))
  var socket = "/run/lbd/control.sock"

  @Option(
    help: ArgumentHelp(
      "Where lbd-checks, which runs programs for checks and notify, listens; checks.sock beside the control socket by default.",
      valueName: "PATH"))
  var checksSocket: String?

  @Flag(help: "Judge the configuration files and end: 0 without errors, 2 with.")
  var check = false

  @Flag(help: "Without a daemon: take everything that lbd made out of the kernel and end.")
  var withdraw = false

  init() {}

  var checksSocketPath: String {
    let directory = socket.lastIndex(of: "/").map { socket[...$0] } ?? ""
    return checksSocket ?? directory + "checks.sock"
  }
}
