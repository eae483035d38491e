import ArgumentParser
import ControlAPI

struct DiagnoseCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Find the mistakes that people make; exit code 10 when something was found.",
    discussion: """
      Asks on the wire who answers for the virtual addresses, sends a SYN to each server and ends it with a RST, looks \
      at half-open connections, routes, links, addresses, kernel settings and the rules of the firewall here. Nothing \
      is changed; it takes one to three seconds and, with direct routing, about ten packets for each server and six \
      for each further port; a second run at the same time waits for the first.

      Each finding has a code: arp-problem, duplicate-address, vip-not-accepted, not-listening-on-vip, \
      tunnel-not-accepted, wrong-gateway, same-subnet, half-open, address-not-up, no-link, own-firewall, path-mtu, \
      not-connected, no-route, conntrack-nearly-full, kernel-missing, forwarding-off, conntrack-off. Lines that \
      are indented in a remedy are commands.

      Examples:
        lbctl diagnose
        lbctl diagnose RomexisVIP
        lbctl diagnose --json | jq -r '.findings[] | "\\(.code) \\(.service)/\\(.server)"'
      """)

  /// Between two signs of life on standard error.
  private static let interval = Duration.seconds(2)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only this virtual service.")
  var service: String?

  func run(in session: Session) async throws(CommandFailure) -> ExitStatus {
    let signs = Task {
      while (try? await session.pause(Self.interval)) != nil { session.console.error("still looking …") }
    }
    defer { signs.cancel() }
    let report = try await session.ask { client throws(ControlError) in try await client.diagnose(service) }
    signs.cancel()
    session.show(report, DiagnosisText(report: report).lines)
    return report.findings.isEmpty ? .done : .wouldChange
  }
}
