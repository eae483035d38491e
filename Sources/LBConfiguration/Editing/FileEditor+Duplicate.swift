import LoadBalancing

extension FileEditor {
  /// Copies a service with everything in it.
  ///
  /// - Returns: what was copied and is easily wrong for the new one, a line each.
  mutating func duplicate(
    _ original: String, as label: String, _ change: ElementChange
  ) throws(EditError) -> [String] {
    let source = try service(original)
    try refuse(findService(label), "virtual service '\(label)'")
    let copy = try copy(source)
    try self.change(copy, .virtualService, change.giving("label", label))
    guard !isSameEntry(element(at: source), element(at: copy)) else { throw .sameEntry(of: original, as: label) }
    return notes(on: element(at: copy), changed: change)
  }

  private func isSameEntry(_ one: ScannedElement, _ other: ScannedElement) -> Bool {
    func entry(_ element: ScannedElement) -> VirtualService.Entry? {
      // Problems are found when the whole configuration is judged.
      EntryDecoder(reader: ElementReader(element, file: "", problems: ProblemCollector(files: []))).decode()
    }
    return entry(one).map { $0 == entry(other) } ?? false
  }

  private func notes(on copy: ScannedElement, changed change: ElementChange) -> [String] {
    var notes: [String] = []
    if change.attributes["ports"] == nil, let ports = copy.attribute("ports")?.value {
      notes.append("copied: ports \(ports)")
    }
    for child in copy.children where change.inner[child.name] == nil {
      switch child.name {
      case "persistence", "fallback", "health-check": notes.append("copied: \(words(of: child))")
      case "real-server":
        notes.append("copied: \(words(of: child)), online whatever the original is")
        notes += child.children.map { "copied: \(words(of: $0)) of \(child.attribute("label")?.value ?? "it")" }
      default: break
      }
    }
    return notes
  }

  /// `health-check type="connect" port="104"`
  private func words(of element: ScannedElement) -> String {
    let secrets: Set = ["password", "secret"]
    let attributes = element.attributes.filter { !secrets.contains($0.name) }.map { "\($0.name)=\"\($0.value)\"" }
    return ([element.name] + attributes).joined(separator: " ")
  }
}
