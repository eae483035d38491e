public import Director
import IPVS
import Interfaces
public import LinuxSystem
import LoadBalancing
public import Netlink
import PacketMarks

/// What an examination brought.
public struct Examination: Sendable {
  public var findings: [Finding]
  /// What was looked at and what could not be, a sentence each.
  public var examined: [String]
}

/// Why nothing could be looked at.
public struct ExaminationError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// Looks for the mistakes that people make: on the wire, in the routes, in the kernel's tables.
///
/// Nothing is changed, and a bounded number of packets is sent. On a thread of its own, because it waits for answers;
/// one examination at a time.
public actor Examiner {
  /// Opens a netlink socket to a part of the kernel.
  public typealias Opening = @Sendable () throws(NetlinkError) -> any NetlinkTransport

  private let executor: ThreadExecutor
  private let openRoute: Opening
  private let openNetfilter: Opening
  private let connectionsPath: String

  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  public init(executor: ThreadExecutor, openRoute: @escaping Opening, openNetfilter: @escaping Opening) {
    self.executor = executor
    self.openRoute = openRoute
    self.openNetfilter = openNetfilter
    connectionsPath = IPVSConnection.path
  }

  /// Examines the service of this label, or all.
  ///
  /// - Throws: ``ExaminationError`` when the kernel's routes cannot be read.
  public func examine(_ expected: Expectations, only label: String? = nil) async throws -> Examination {
    do {
      return try look(expected, only: label)
    } catch {
      throw ExaminationError(description: "the interfaces and routes cannot be read: \(error)")
    }
  }

  private func look(_ expected: Expectations, only label: String?) throws(NetlinkError) -> Examination {
    let table = InterfaceTable(try openRoute())
    let interfaces = try table.read()
    var halfOpen = HalfOpenConnections(labels: expected.labels, interfaces: interfaces)
    readConnections { halfOpen.begin(with: $0) }
    var survey = Survey(expected, only: label, on: interfaces)
    let addresses = Set(
      expected.services.flatMap { $0.state.service.servers.map(\.address) })
    let routes = try table.routes(to: addresses)
    for address in addresses { survey.note(routes[address], to: address) }
    var examined = askWho(&survey, interfaces)
    examined += probe(&survey, survey.probes(), interfaces)
    examined += probe(&survey, survey.sizeProbes(), interfaces)
    examined += readFirewall(&survey, interfaces)
    readConnections { halfOpen.end(with: $0) }
    survey.note(halfOpen)
    let evidence = survey.evidence(machine: machine(expected, survey, interfaces))
    let wanted = Diagnosis.findings(in: evidence).filter { finding in
      // Who answers was asked for the addresses of the one service only; the culprit may be another's server.
      label == nil || finding.service == label || finding.service == nil || finding.code == .arpProblem
    }
    return Examination(findings: wanted, examined: survey.summary + examined)
  }

  private func readConnections(_ body: (IPVSConnection) -> Void) {
    guard var file = try? StreamedLines(connectionsPath) else { return }
    while (try? file.readPiece({ line in if let connection = IPVSConnection(line: line) { body(connection) } })) == true
    {}
  }

  /// Asks on each link who has the virtual addresses and the servers' own.
  private func askWho(_ survey: inout Survey, _ interfaces: InterfaceSnapshot) -> [String] {
    var troubles: [String] = []
    for (name, questions) in survey.questions.sorted(by: { $0.key < $1.key }) {
      guard let link = interfaces.link(named: name), link.isUp, link.hasCarrier else { continue }
      if questions.count > AddressProbe.countMax {
        troubles.append(Self.tooMany("\(questions.count) questions", AddressProbe.countMax, on: name, survey.label))
      }
      do {
        survey.note(
          try AddressProbe.ask(questions, on: link, ignoring: interfaces.hardwareAddresses), on: name)
      } catch {
        troubles.append("Nobody could be asked on \(name): \(error)")
      }
    }
    return troubles
  }

  private func readFirewall(_ survey: inout Survey, _ interfaces: InterfaceSnapshot) -> [String] {
    var troubles: [String] = []
    var ruleset = Ruleset()
    do {
      ruleset = try RulesetTable(try openNetfilter()).read()
    } catch {
      troubles.append("The load balancer's own firewall could not be looked at: \(error)")
    }
    do {
      try LegacyTables.add(to: &ruleset)
    } catch {
      troubles.append(
        "Rules of iptables-legacy could not be looked at: \(error); 'iptables-legacy-save' and 'ip6tables-legacy-save' "
          + "show them.")
    }
    survey.note(
      Firewall(
        ruleset: ruleset, interfaces: interfaces,
        tracksConnections: (try? Sysctl.read("net/ipv4/vs/conntrack")) == "1"))
    return troubles
  }

  private func probe(
    _ survey: inout Survey, _ wanted: [String: [SYNProbe]], _ interfaces: InterfaceSnapshot
  ) -> [String] {
    var troubles: [String] = []
    for (name, probes) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let link = interfaces.link(named: name) else { continue }
      if probes.count > SYNProbe.countMax {
        troubles.append(Self.tooMany("\(probes.count) SYNs", SYNProbe.countMax, on: name, survey.label))
      }
      do {
        survey.note(try SYNProbe.send(probes, on: link))
      } catch {
        troubles.append("No SYN could be sent on \(name): \(error)")
      }
    }
    return troubles
  }

  private static func tooMany(_ wanted: String, _ max: Int, on link: String, _ label: String?) -> String {
    let advice = label == nil ? "; 'lbctl diagnose SERVICE' asks for one service by itself" : ""
    return "Of \(wanted) on \(link), \(max) were sent\(advice)."
  }

  private func machine(_ expected: Expectations, _ survey: Survey, _ interfaces: InterfaceSnapshot) -> MachineEvidence {
    let settings = expected.sysctls.sorted { $0.key < $1.key }.map { name, wanted in
      MachineEvidence.Setting(name, wanted: wanted, actual: try? Sysctl.read(name))
    }
    let tracks = expected.services.contains { $0.state.service.uses(.snat) }
    func number(_ name: String) -> Int? { (try? Sysctl.read("net/netfilter/\(name)")).flatMap { Int($0) } }
    var conntrack: (count: Int, max: Int)?
    if tracks, let count = number("nf_conntrack_count"), let max = number("nf_conntrack_max") {
      conntrack = (count, max)
    }
    return MachineEvidence(
      floatingIPs: expected.floatingIPs.map { place in
        var seen = AddressEvidence(place, on: interfaces)
        seen.claims = survey.claims(of: place)
        return seen
      }, settings: settings,
      conntrack: conntrack)
  }
}

extension AddressEvidence {
  init(_ place: InterfaceAddress, on interfaces: InterfaceSnapshot) {
    let link = interfaces.link(named: place.interface)
    self.init(
      place, isUp: interfaces.holds(place.address),
      hasLink: link.map { $0.isLoopback || ($0.isUp && $0.hasCarrier) })
  }
}
