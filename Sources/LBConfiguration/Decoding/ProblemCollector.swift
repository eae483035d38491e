/// Gathers the problems of one load.
final class ProblemCollector {
  /// Whoever has made more mistakes than these needs no longer list.
  static let problemsMax = 10_000

  private var problems: [(order: Int, problem: ConfigurationProblem)] = []
  private let order: [String: Int]

  /// - Parameter files: the paths in the order in which problems are listed.
  init(files: [String]) {
    order = Dictionary(files.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  var isEmpty: Bool { problems.isEmpty }

  func report(_ file: String, line: Int?, _ message: String) {
    guard problems.count < Self.problemsMax else { return }
    let problem = ConfigurationProblem(file: file, line: line, message: message)
    problems.append((order[file] ?? .max, problem))
  }

  func report(_ location: SourceLocation, _ message: String) {
    report(location.file, line: location.line, message)
  }

  /// In the order of files and lines; those of one line in the order of their finding.
  var sorted: [ConfigurationProblem] {
    var seen: Set<ConfigurationProblem> = []
    return problems.enumerated().sorted { left, right in
      (left.element.order, left.element.problem.line ?? 0, left.offset)
        < (right.element.order, right.element.problem.line ?? 0, right.offset)
    }.map(\.element.problem).filter { seen.insert($0).inserted }
  }
}
