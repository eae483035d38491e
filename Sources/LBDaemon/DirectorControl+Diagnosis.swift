import ControlAPI
import Diagnosis
import Director
import LoadBalancing

extension DirectorControl {
  func diagnose(_ label: String?) async throws(APIError) -> DiagnosisReport {
    if let label {
      let labels = await director.configuration.virtualServices.map(\.label)
      guard labels.contains(label) else { throw .noSuchService(label, among: labels) }
    }
    do {
      let examination = try await examinations.examine(only: label)
      return DiagnosisReport(
        findings: examination.findings.map(DiagnosisFinding.init), examined: examination.examined)
    } catch {
      throw .failed("\(error)")
    }
  }
}

extension DiagnosisFinding {
  init(_ finding: Finding) {
    self.init(
      code: finding.code.rawValue, service: finding.service, server: finding.server, evidence: finding.evidence,
      remedies: finding.remedies)
  }
}
