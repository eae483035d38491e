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
    let examined = report.examined.flatMap { Words.wrapped($0, width: display.width) }
    return findings + [sum] + examined.map { display.paint($0, .faint) }
  }

  private func lines(of finding: DiagnosisFinding, _ display: Display) -> [String] {
    let subject = Words.subject(service: finding.service, server: finding.server)
    let heading = display.paint(finding.code, .red) + (subject.isEmpty ? "" : "  " + display.paint(subject, .bold))
    func wrapped(_ text: some StringProtocol) -> [String] {
      Words.wrapped(String(text), indented: "  ", width: display.width)
    }
    let remedies = finding.remedies.flatMap { remedy in
      // Commands stay as they are, to be copied.
      remedy.split(separator: "\n").flatMap { $0.hasPrefix("    ") ? ["  " + $0] : wrapped($0) }
    }
    return [heading] + wrapped(finding.evidence) + remedies
  }
}
