import Diagnosis
import Director

/// Examines what the Director has set up, one examination at a time; others wait.
actor Examinations {
  private let director: Director
  private let examiner: Examiner
  private let gate = Gate()

  init(director: Director, examiner: Examiner) {
    self.director = director
    self.examiner = examiner
  }

  /// - Parameter label: of the virtual service that is meant; nil for all.
  /// - Throws: ``ExaminationError``.
  func examine(only label: String? = nil) async throws -> Examination {
    await gate.enter()
    defer { gate.leave() }
    return try await examiner.examine(await director.expectations, only: label)
  }
}
