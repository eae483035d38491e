import LoadBalancing

extension FileEditor {
  var serviceLabels: [String] { places(of: .virtualService).compactMap(label) }

  func label(of place: Place) -> String? { element(at: place).attribute("label")?.value }

  func findService(_ label: String) -> Place? {
    places(of: .virtualService).first { self.label(of: $0) == label }
  }

  /// - Throws: ``EditError/noSuchService(_:known:)``.
  func service(_ label: String) throws(EditError) -> Place {
    guard let place = findService(label) else { throw .noSuchService(label, known: serviceLabels) }
    return place
  }

  func findServer(_ label: String, in service: Place) -> Place? {
    places(of: .realServer, in: service).first { self.label(of: $0) == label }
  }

  /// - Throws: ``EditError/noSuchService(_:known:)``, ``EditError/noSuchServer(_:known:)``.
  func server(_ name: ServerName) throws(EditError) -> Place {
    let service = try service(name.service)
    guard let place = findServer(name.server, in: service) else {
      throw .noSuchServer(name, known: places(of: .realServer, in: service).compactMap(label))
    }
    return place
  }

  /// The element that holds the checks, and its rule.
  func holder(_ holder: CheckHolder) throws(EditError) -> (place: Place, rule: ElementRule) {
    guard let server = holder.server else { return (try service(holder.service), .virtualService) }
    return (try self.server(ServerName(service: holder.service, server: server)), .realServer)
  }

  /// - Parameter index: counted from 1.
  func check(_ index: Int, of holder: CheckHolder) throws(EditError) -> Place {
    let checks = places(of: .healthCheck, in: try self.holder(holder).place)
    guard checks.indices.contains(index - 1) else {
      throw .noSuchCheck(holder, index: index, count: checks.count)
    }
    return checks[index - 1]
  }

  /// By the address alone, whatever the prefix length.
  func findFloatingIP(_ text: String) -> Place? {
    let wanted = Self.address(text)
    return places(of: .floatingIP).first { place in
      guard let found = element(at: place).attribute("address")?.value else { return false }
      return found == text || (wanted != nil && Self.address(found) == wanted)
    }
  }

  func floatingIP(_ text: String) throws(EditError) -> Place {
    guard let place = findFloatingIP(text) else {
      let known = places(of: .floatingIP).compactMap { element(at: $0).attribute("address")?.value }
      throw .noSuchFloatingIP(text, known: known)
    }
    return place
  }

  private static func address(_ text: String) -> IPAddress? {
    (try? FloatingIPAttributes.address.syntax.read(text))?.address
  }
}
