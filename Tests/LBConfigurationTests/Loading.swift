import LoadBalancing

@testable import LBConfiguration

/// A file of this text.
func file(_ text: String, path: String = "lbd.xml") -> SourceFile { SourceFile(path: path, bytes: Array(text.utf8)) }

/// A whole document around these elements; the first of them stands on line 2.
func document(_ elements: String) -> String {
  "<load-balancer version=\"1\">\n\(elements)\n</load-balancer>\n"
}

/// The problems of one file, each as `LINE: message`.
func problems(_ text: String) -> [String] {
  problems([file(text)]).map { String($0.dropFirst("lbd.xml:".count)) }
}

/// The problems of several files, each as `FILE:LINE: message`.
func problems(_ files: [SourceFile]) -> [String] {
  switch ConfigurationLoader.load(files: files) {
  case .success: []
  case .failure(let errors): errors.problems.map(\.description)
  }
}

/// The values of one file that has no problem.
func values(_ text: String) throws -> LoadBalancer {
  try ConfigurationLoader.load(files: [file(text)]).get().loadBalancer
}

/// The only service of a document around this element.
func service(_ element: String) throws -> VirtualService {
  let services = try values(document(element)).virtualServices
  guard let service = services.first, services.count == 1 else { throw WrongCount(found: services.count) }
  return service
}

struct WrongCount: Error { let found: Int }

/// A service with these attributes and elements in it, beside label, address and ports.
func web(_ attributes: String = "", _ inner: String = "", ports: String = "80") -> String {
  "<virtual-service label=\"Web\" address=\"10.0.0.1\" ports=\"\(ports)\" \(attributes)>\(inner)</virtual-service>"
}

/// The problems of ``web(_:_:ports:)`` without the line and the service's name.
func webProblems(_ attributes: String = "", _ inner: String = "", ports: String = "80") -> [String] {
  problems(document(web(attributes, inner, ports: ports))).map { problem in
    problem.hasPrefix("2: virtual-service 'Web': ")
      ? String(problem.dropFirst("2: virtual-service 'Web': ".count)) : problem
  }
}
