extension DraftConfiguration {
  /// What of it the loader accepts, with labels that are unique; the rest becomes notes in the loader's own words.
  func fitted() -> DraftConfiguration {
    var fitted = self
    (fitted.floatingIPs, fitted.services) = ([], [])
    for floating in floatingIPs {
      let (kept, reason) = floating.grown { self.fault(in: $0) }
      if let kept {
        fitted.floatingIPs.append(kept)
      } else {
        fitted.note("a floating IP is left out: \(reason)", line: floating.line)
      }
    }
    var labels = Labels()
    for service in services {
      var service = service
      service.attributes["label"] = labels.unique(service)
      var inner = Labels()
      for index in service.children.indices where service.children[index].rule.name == ElementRule.realServer.name {
        service.children[index].attributes["label"] = inner.unique(service.children[index])
      }
      service.shareChecks()
      let (kept, reason) = service.grown { self.fault(in: $0) }
      if let kept, let other = fitted.services.first(where: { $0.claims(the: kept) }) {
        let label = other.attributes["label"] ?? ""
        fitted.note("a virtual service is left out: '\(label)' has its address and port", line: kept.line)
      } else if let kept {
        fitted.services.append(kept)
      } else {
        fitted.notes += service.allNotes
        fitted.note("a virtual service is left out: \(reason)", line: service.line)
      }
    }
    return fitted
  }

  /// The loader's first objection against a service or a floating IP that stands alone; nil when there is none.
  private func fault(in draft: Draft) -> String? {
    var alone = DraftConfiguration()
    alone.global = global
    if draft.rule.name == ElementRule.floatingIP.name { alone.floatingIPs = [draft] } else { alone.services = [draft] }
    let file = SourceFile(path: "", bytes: Array(alone.text(heading: "").utf8))
    guard case .failure(let errors) = ConfigurationLoader.load(files: [file]) else { return nil }
    // Places in what was loaded for this alone mean nothing to anybody.
    return errors.problems.first?.message.replacing(#/ at :[0-9]+/#, with: "") ?? "the loader refuses it"
  }
}

extension Draft {
  /// Servers of one mind about their checks leave them to the service.
  fileprivate mutating func shareChecks() {
    let servers = children(.realServer)
    guard let checks = servers.first?.children, !checks.isEmpty, servers.allSatisfy({ $0.children == checks }),
      servers.allSatisfy({ $0.children.allSatisfy(\.notes.isEmpty) }), children(.healthCheck).isEmpty
    else { return }
    for index in children.indices where children[index].rule.name == ElementRule.realServer.name {
      children[index].children = []
    }
    children += checks
  }

  /// Whether both services want the same packets.
  fileprivate func claims(the other: Draft) -> Bool {
    let keys = ["address", "protocol", "firewall-mark", "family"]
    guard keys.allSatisfy({ attributes[$0] == other.attributes[$0] }) else { return false }
    let (mine, others) = (attributes["ports"], other.attributes["ports"])
    return mine == others || mine == "*" || others == "*"
  }

  /// Without these it would be another thing.
  private var essentials: Set<String> {
    switch rule.name {
    case ElementRule.virtualService.name:
      ["label", "address", "ports", "protocol", "firewall-mark", "family", "forwarding"]
    case ElementRule.realServer.name: ["label", "address", "port"]
    case ElementRule.floatingIP.name: ["address"]
    default: Set(attributes.keys)
    }
  }

  /// Grows the element from its essentials as long as nothing is wrong with it.
  ///
  /// - Parameter fault: what is wrong with an element like this one; nil when nothing is.
  /// - Returns: the element with notes on what was left out; nil, and why, when not even its essentials fit.
  fileprivate func grown(_ fault: (Draft) -> String?) -> (kept: Draft?, reason: String) {
    guard let first = fault(self) else { return (self, "") }
    var kept = self
    kept.children = []
    kept.attributes = attributes.filter { essentials.contains($0.key) }
    if let reason = fault(kept) { return (nil, reason) }
    for name in rule.attributes.map(\.name) where !essentials.contains(name) {
      guard let value = attributes[name] else { continue }
      kept.attributes[name] = value
      if let reason = fault(kept) {
        kept.attributes[name] = nil
        kept.note("left out: \(reason)")
      }
    }
    // The fallback last: a server that stands there too goes before it.
    let inOrder = children.filter { $0.rule.name != ElementRule.fallback.name } + children(.fallback)
    for child in inOrder {
      let (inner, reason) = child.grown { candidate in
        var whole = kept
        whole.children.append(candidate)
        return fault(whole)
      }
      if let inner {
        kept.children.append(inner)
      } else {
        kept.notes += child.allNotes
        kept.note("left out: \(reason)", line: child.line)
      }
    }
    return (kept, first)
  }
}

/// Labels that stand once.
private struct Labels {
  private var taken: Set<String> = []

  /// The draft's own; with its port or a number behind it where another has it.
  mutating func unique(_ draft: Draft) -> String {
    let wanted = Self.label(draft.attributes["label"] ?? "")
    let withPort = draft.attributes["port"].map { [Self.label(wanted, "-\($0)")] } ?? []
    let numbered = (2...).lazy.map { Self.label(wanted, "-\($0)") }
    let found = ([wanted] + withPort).first { !taken.contains($0) } ?? numbered.first { !taken.contains($0) }
    taken.insert(found ?? wanted)
    return found ?? wanted
  }

  /// At most 64 of the characters that labels may have.
  private static func label(_ text: String, _ ending: String = "") -> String {
    let allowed = text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
    return (allowed.isEmpty ? "service" : String(allowed.prefix(64 - ending.count))) + ending
  }
}
