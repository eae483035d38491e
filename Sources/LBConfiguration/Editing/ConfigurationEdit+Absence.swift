import LoadBalancing

extension ConfigurationEdit {
  /// Whether an `add` would make what is there already, with the same meaning; servers of a service don't count.
  ///
  /// - Throws: ``EditError`` of the edit itself.
  func isThereAlready(in files: [SourceFile], mainFile: String?) throws(EditError) -> Bool {
    guard let current = try? ConfigurationLoader.load(files: files).get().loadBalancer else { return false }
    if case .addCheck(let holder, _) = self {
      let added = try anew(files, mainFile)
      guard let last = added?.checks(of: holder)?.last else { return false }
      return current.checks(of: holder)?.contains(last) ?? false
    }
    guard let deletion else { return false }
    let editor = try FileEditor(files, mainFile: nil)
    guard isThere(editor), let without = try? deletion.applied(to: files, mainFile: mainFile).files,
      let added = try anew(without, mainFile)
    else { return false }
    return isSame(current, added)
  }

  /// Where the check is that an `add` has made once more, with the same meaning.
  ///
  /// - Parameters:
  ///   - files: Before the edit.
  ///   - edited: The configuration after it.
  func twin(in files: [SourceFile], after edited: LoadBalancer) throws(EditError) -> SourceLocation? {
    guard case .addCheck(let holder, _) = self, let checks = edited.checks(of: holder), let added = checks.last,
      let index = checks.dropLast().firstIndex(of: added)
    else { return nil }
    let editor = try FileEditor(files, mainFile: nil)
    return editor.location(of: try editor.check(index + 1, of: holder))
  }

  private func anew(_ files: [SourceFile], _ mainFile: String?) throws(EditError) -> LoadBalancer? {
    try? ConfigurationLoader.load(files: try applied(to: files, mainFile: mainFile).files).get().loadBalancer
  }

  private var deletion: ConfigurationEdit? {
    switch self {
    case .addService(let label, _): .deleteService(label)
    case .addServer(let name, _): .deleteServer(name)
    case .addFloatingIP(let address, _): .deleteFloatingIP(address)
    default: nil
    }
  }

  private func isThere(_ editor: FileEditor) -> Bool {
    switch self {
    case .addService(let label, _): editor.findService(label) != nil
    case .addServer(let name, _): (try? editor.server(name)) != nil
    case .addFloatingIP(let address, _): editor.findFloatingIP(address) != nil
    default: false
    }
  }

  private func isSame(_ current: LoadBalancer, _ added: LoadBalancer) -> Bool {
    switch self {
    case .addService(let label, _): current.bare(label) == added.bare(label)
    case .addServer(let name, _): current.server(name) == added.server(name)
    case .addFloatingIP: Set(current.floatingIPs) == Set(added.floatingIPs)
    default: false
    }
  }
}

extension LoadBalancer {
  fileprivate func service(_ label: String) -> VirtualService? { virtualServices.first { $0.label == label } }

  fileprivate func bare(_ label: String) -> VirtualService? {
    service(label).map { service in
      var service = service
      service.realServers = []
      return service
    }
  }

  fileprivate func server(_ name: ServerName) -> RealServer? {
    service(name.service)?.realServers.first { $0.label == name.server }
  }

  fileprivate func checks(of holder: CheckHolder) -> [HealthCheck]? {
    guard let server = holder.server else { return service(holder.service)?.healthChecks }
    return self.server(ServerName(service: holder.service, server: server))?.healthChecks
  }
}
