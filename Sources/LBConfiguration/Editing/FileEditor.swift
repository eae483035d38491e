import LoadBalancing

/// Edits the files of a configuration: finds the one that holds an element and changes it alone.
struct FileEditor {
  /// The place of an element: its file and the way to it.
  struct Place {
    let file: Int
    let path: DocumentEditor.Path
  }

  private(set) var files: [SourceFile]
  private var documents: [DocumentEditor]
  /// Where new services go.
  private let mainFile: String?

  /// - Throws: ``EditError/configuration(_:)`` for a file that is no XML.
  init(_ files: [SourceFile], mainFile: String?) throws(EditError) {
    var files = files
    if let mainFile {
      if let index = files.firstIndex(where: { $0.path == mainFile }) {
        if files[index].bytes.allSatisfy({ $0 <= 0x20 }) { files[index].bytes = Self.empty }
      } else {
        files.insert(SourceFile(path: mainFile, bytes: Self.empty), at: 0)
      }
    }
    self.files = files
    self.mainFile = mainFile
    documents = []
    for file in files {
      do throws(XMLFault) {
        documents.append(try DocumentEditor(file.bytes))
      } catch {
        let problem = ConfigurationProblem(file: file.path, line: error.line, message: error.message)
        throw .configuration(ConfigurationErrors(problems: [problem]))
      }
    }
  }

  /// A configuration that serves nothing.
  private static let empty = Array(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<load-balancer version=\"1\">\n</load-balancer>\n".utf8)

  func element(at place: Place) -> ScannedElement { documents[place.file].element(at: place.path) }

  func location(of place: Place) -> SourceLocation {
    SourceLocation(file: files[place.file].path, line: element(at: place).line)
  }

  /// The outermost element of the file that takes new elements: the main file, else the first.
  ///
  /// - Throws: ``EditError/wrongRequest(_:)`` when there is no file at all.
  func placeForNew() throws(EditError) -> Place {
    let main = files.firstIndex { $0.path == mainFile } ?? files.indices.first
    guard let main else { throw .wrongRequest("there is no configuration file to write to; name one with --config") }
    return Place(file: main, path: [])
  }

  /// The elements of this name in the outermost ones, in the order of the files.
  func places(of rule: ElementRule) -> [Place] {
    documents.indices.flatMap { file in
      let root = documents[file].root
      guard root.name == ElementRule.loadBalancer.name else { return [Place]() }
      return root.children.indices.filter { root.children[$0].name == rule.name }.map { Place(file: file, path: [$0]) }
    }
  }

  /// The elements of this name in another.
  func places(of rule: ElementRule, in place: Place) -> [Place] {
    let children = element(at: place).children
    return children.indices.filter { children[$0].name == rule.name }.map {
      Place(file: place.file, path: place.path + [$0])
    }
  }

  mutating func change(_ place: Place, _ rule: ElementRule, _ change: ElementChange) throws(EditError) {
    try documents[place.file].change(place.path, rule, change)
    keep(place.file)
  }

  mutating func add(
    _ child: ElementRule, to place: Place, _ rule: ElementRule, _ change: ElementChange
  ) throws(EditError) {
    try documents[place.file].add(child, to: place.path, rule, change)
    keep(place.file)
  }

  mutating func remove(_ place: Place) throws(EditError) {
    do throws(XMLFault) {
      try documents[place.file].remove(place.path)
    } catch {
      throw .wrongRequest(error.message)
    }
    keep(place.file)
  }

  mutating func copy(_ place: Place) throws(EditError) -> Place {
    do throws(XMLFault) {
      let path = try documents[place.file].copy(place.path)
      keep(place.file)
      return Place(file: place.file, path: path)
    } catch {
      throw .wrongRequest(error.message)
    }
  }

  private mutating func keep(_ file: Int) { files[file].bytes = documents[file].document.bytes }
}
