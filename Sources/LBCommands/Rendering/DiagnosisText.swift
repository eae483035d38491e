import ControlAPI

/// Findings as people read them.
struct DiagnosisText {
  var report: DiagnosisReport

  func lines(on display: Display) -> [String] {
    let findings = report.findings.flatMap { lines(of: $0, display) + [""] }
    let count = report.findings.count
    let sum =
      count == 0
      ? display.paint("nothing found", .green)
      : display.paint("\(Words.count(count, "finding"))", .red) + "; 'lbctl diagnose' again tells whether it is mended"
    return findings + [sum] + report.examined.map { display.paint($0, .faint) }
  }

  private func lines(of finding: DiagnosisFinding, _ display: Display) -> [String] {
    let subject = Words.subject(service: finding.service, server: finding.server)
    let heading = display.paint(finding.code, .red) + (subject.isEmpty ? "" : "  " + display.paint(subject, .bold))
    let remedies = finding.remedies.flatMap { remedy in remedy.split(separator: "\n").map { "  " + $0 } }
    return [heading, "  " + finding.evidence] + remedies
  }
}
