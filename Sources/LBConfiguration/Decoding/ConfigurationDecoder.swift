import LoadBalancing

/// Reads all files of a configuration as one.
struct ConfigurationDecoder {
  let files: [SourceFile]
  let problems: ProblemCollector

  func decode() -> (loadBalancer: LoadBalancer, locations: ConfigurationLocations) {
    let roots = files.compactMap(root)
    for root in roots {
      root.checkStructure(.loadBalancer, attributes: rootAttributes(of: root))
      _ = root.read(RootAttributes.version)
    }
    let global = decodeGlobal(roots)
    let floating = roots.flatMap { $0.children(.floatingIP) }
    let masquerades = roots.flatMap { $0.children(.outboundMasquerade) }
    let services = roots.flatMap { root in
      root.children(.virtualService).map { VirtualServiceDecoder($0, global: global).decode() }
    }
    EntryConflicts(services: services).report()
    var locations = ConfigurationLocations()
    let loadBalancer = LoadBalancer(
      global: global, floatingIPs: floatingIPs(floating, &locations),
      outboundMasquerades: distinct(
        masquerades, { $0.outboundMasquerade() }, by: \.self, OutboundMasqueradeAttributes.source),
      virtualServices: services.compactMap(\.service))
    for service in services { locations.add(service) }
    return (loadBalancer, locations)
  }

  private func root(_ file: SourceFile) -> ElementReader? {
    let faults = XMLJudge.faults(in: file.bytes)
    guard faults.isEmpty else {
      for fault in faults { problems.report(file.path, line: fault.line, fault.message) }
      return nil
    }
    do throws(XMLFault) {
      let root = try XMLScanner.scan(file.bytes).root
      guard root.name == ElementRule.loadBalancer.name else {
        let guess = Guess.phrase(for: root.name, among: [ElementRule.loadBalancer.name])
        problems.report(
          file.path, line: root.line,
          "the outermost element is <\(quotable(root.name))>; allowed: load-balancer\(guess)")
        return nil
      }
      return ElementReader(root, file: file.path, problems: problems)
    } catch {
      problems.report(file.path, line: error.line, error.message)
      return nil
    }
  }

  /// Editors find the schema by these attributes; they say nothing to lbd.
  private func rootAttributes(of root: ElementReader) -> [AttributeRule] {
    let forEditors = root.element.attributes.map(\.name).filter { $0 == "xmlns:xsi" || $0.hasPrefix("xsi:") }
    return ElementRule.loadBalancer.attributes
      + forEditors.map { AttributeRule(name: $0, isRequired: false, allowed: "", words: []) { _ in nil } }
  }

  private func decodeGlobal(_ roots: [ElementReader]) -> GlobalSettings {
    var found: (settings: GlobalSettings, reader: ElementReader)?
    for root in roots {
      guard let reader = root.child(.global) else { continue }
      let settings = GlobalDecoder(reader: reader).decode()
      if let first = found {
        reader.report("a second global; only one is allowed over all files, the first is at \(first.reader.location)")
      } else {
        found = (settings, reader)
      }
    }
    return found?.settings ?? GlobalSettings()
  }

  private func floatingIPs(_ readers: [ElementReader], _ locations: inout ConfigurationLocations) -> [FloatingIP] {
    let floating = distinct(readers, { $0.floatingIP() }, by: \.address, FloatingIPAttributes.address)
    for reader in readers {
      guard case .value(let prefixed) = reader.read(FloatingIPAttributes.address) else { continue }
      let address = prefixed.address
      guard locations.floatingIPs[address] == nil else { continue }
      locations.floatingIPs[address] = reader.location(of: FloatingIPAttributes.address)
    }
    return floating
  }

  /// Reads elements and reports those that repeat an earlier one.
  private func distinct<Element, Key: Hashable, Value>(
    _ readers: [ElementReader], _ read: (ElementReader) -> Element?, by key: (Element) -> Key,
    _ attribute: Attribute<Value>
  ) -> [Element] {
    var first: [Key: SourceLocation] = [:]
    var elements: [Element] = []
    for reader in readers {
      guard let element = read(reader) else { continue }
      if let other = first[key(element)] {
        reader.report(attribute, "stands at \(other) already; remove one of them")
      } else {
        first[key(element)] = reader.location(of: attribute)
        elements.append(element)
      }
    }
    return elements
  }
}
