import Director
import Interfaces
import LoadBalancing

func machineFindings(_ machine: MachineEvidence) -> [Finding] {
  var found = machine.floatingIPs.flatMap { addressFindings($0, service: nil) }
  found += machine.unplacedFloatingIPs.map { unplacedFinding($0, service: nil, on: machine) }
  for floating in machine.floatingIPs {
    for claim in floating.claims {
      found.append(
        Finding(
          .duplicateAddress, evidence: "the floating IP \(floating.place.address) is also answered for by \(claim)",
          remedies: Remedy.duplicateAddress(floating.place.address, at: claim.description)))
    }
  }
  for setting in machine.settings where setting.actual != setting.wanted {
    let code: Finding.Code
    switch setting.name {
    case "net/ipv4/vs/conntrack": code = .conntrackOff
    case _ where setting.name.hasSuffix("/forwarding"): code = .forwardingOff
    default: continue
    }
    let name = setting.name.split(separator: "/").joined(separator: ".")
    found.append(
      Finding(
        code, evidence: "\(name) is \(setting.actual ?? "not there") and must be \(setting.wanted)",
        remedies: [
          "On the load balancer; lbd sets it by itself where it may, see 'lbctl status':\n"
            + "    sysctl -w \(name)=\(setting.wanted)"
        ]))
  }
  if let (count, max) = machine.conntrack, max > 0, count * 10 >= max * 9 {
    found.append(
      Finding(
        .conntrackNearlyFull,
        evidence: "the connection-tracking table holds \(count) of at most \(max) entries; when it is full, new "
          + "connections of snat are dropped",
        remedies: [
          "On the load balancer; to keep it, put the line into /etc/sysctl.d/:\n"
            + "    sysctl -w net.netfilter.nf_conntrack_max=\(max * 4)"
        ]))
  }
  return found
}

func addressFindings(_ seen: AddressEvidence, service: String?) -> [Finding] {
  let place = seen.place
  if !seen.isUp {
    let lacksLink = seen.hasLink == false
    return [
      Finding(
        .addressNotUp, service: service,
        evidence: "\(place) is not up here" + (lacksLink ? ", and \(place.interface) has no link" : ""),
        remedies: (lacksLink ? [Remedy.link(of: place.interface)] : []) + [
          "lbd puts it there by itself; 'lbctl status' and 'lbctl events' say what keeps it from that."
        ])
    ]
  }
  guard seen.hasLink == false else { return [] }
  return [
    Finding(
      .noLink, service: service, evidence: "the interface \(place.interface) of \(place.address) has no link",
      remedies: [Remedy.link(of: place.interface)])
  ]
}

func unplacedFinding(_ unplaced: UnplacedAddress, service: String?, on machine: MachineEvidence) -> Finding {
  // Any interface could take an address that names none.
  let down = unplaced.interface == nil ? machine.interfacesSetDown : []
  return Finding(
    .addressNotUp, service: service,
    evidence: unplaced.reason + (down.isEmpty ? "" : "; set down: \(down.joined(separator: ", "))"),
    remedies: Remedy.place(unplaced, service: service, setDown: down))
}

func kernelMissing(_ seen: ServiceEvidence) -> Finding {
  let service = seen.service
  let words = seen.refusals.isEmpty ? "" : ": " + seen.refusals.joined(separator: "; ")
  let marks = service.needsMark ? " nf_tables" : ""
  return Finding(
    .kernelMissing, service: service.label,
    evidence: "the kernel does not hold the virtual service\(words)",
    remedies: [
      "On the load balancer:\n    modprobe --all ip_vs ip_vs_\(service.scheduler.rawValue)\(marks)\n"
        + "A kernel without these modules was built without IPVS, nftables or that scheduler: install a complete one."
    ])
}
