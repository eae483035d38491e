import LoadBalancing

/// The files after an edit.
public struct EditedFiles: Hashable, Sendable {
  public var files: [SourceFile]
  /// What an operator should know, a line each.
  public var notes: [String]
}

extension ConfigurationEdit {
  /// Makes the edit in the bytes of the files; the meaning of what comes out is not judged.
  ///
  /// - Parameter mainFile: where new services and floating IPs go; made when it is not among the files.
  /// - Throws: ``EditError``.
  public func applied(to files: [SourceFile], mainFile: String?) throws(EditError) -> EditedFiles {
    let isNew = if case .addService = self { true } else if case .addFloatingIP = self { true } else { false }
    var editor = try FileEditor(files, mainFile: isNew ? mainFile : nil)
    let notes = try apply(to: &editor)
    return EditedFiles(files: editor.files, notes: notes)
  }

  private func apply(to editor: inout FileEditor) throws(EditError) -> [String] {
    switch self {
    case .addService(let label, let change): try editor.addService(label, change)
    case .editService(let label, let change): try editor.editService(label, change)
    case .duplicateService(let original, let label, let change):
      return try editor.duplicate(original, as: label, change)
    case .deleteService(let label): try editor.remove(try editor.service(label))
    case .addServer(let name, let change): try editor.addServer(name, change)
    case .editServer(let name, let change): try editor.editServer(name, change)
    case .deleteServer(let name): try editor.remove(try editor.server(name))
    case .addCheck(let holder, let change):
      let (place, rule) = try editor.holder(holder)
      try editor.add(.healthCheck, to: place, rule, change)
    case .editCheck(let holder, let index, let change):
      try editor.change(try editor.check(index, of: holder), .healthCheck, change)
    case .deleteCheck(let holder, let index): try editor.remove(try editor.check(index, of: holder))
    case .addFloatingIP(let address, let change): try editor.addFloatingIP(address, change)
    case .deleteFloatingIP(let address): try editor.remove(try editor.floatingIP(address))
    }
    return []
  }
}

extension FileEditor {
  fileprivate mutating func addService(_ label: String, _ change: ElementChange) throws(EditError) {
    try refuse(findService(label), "virtual service '\(label)'")
    try add(.virtualService, to: try placeForNew(), .loadBalancer, change.giving("label", label))
  }

  fileprivate mutating func editService(_ label: String, _ change: ElementChange) throws(EditError) {
    let place = try service(label)
    if let new = change.attributes["label"], new != label { try refuse(findService(new), "virtual service '\(new)'") }
    try self.change(place, .virtualService, change)
  }

  fileprivate mutating func addServer(_ name: ServerName, _ change: ElementChange) throws(EditError) {
    let service = try service(name.service)
    try refuse(findServer(name.server, in: service), "real server '\(name.server)' of '\(name.service)'")
    try add(.realServer, to: service, .virtualService, change.giving("label", name.server))
  }

  fileprivate mutating func editServer(_ name: ServerName, _ change: ElementChange) throws(EditError) {
    let place = try server(name)
    if let new = change.attributes["label"], new != name.server {
      let other = findServer(new, in: try service(name.service))
      try refuse(other, "real server '\(new)' of '\(name.service)'")
    }
    try self.change(place, .realServer, change)
  }

  fileprivate mutating func addFloatingIP(_ address: String, _ change: ElementChange) throws(EditError) {
    try refuse(findFloatingIP(address), "floating IP \(address)")
    try add(.floatingIP, to: try placeForNew(), .loadBalancer, change.giving("address", address))
  }

  func refuse(_ existing: Place?, _ what: String) throws(EditError) {
    if let existing { throw .exists(what, location(of: existing)) }
  }
}
