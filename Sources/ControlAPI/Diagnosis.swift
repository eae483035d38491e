/// What is wrong and how to mend it: the answer to `POST /v1/diagnose`.
public struct DiagnosisReport: Codable, Hashable, Sendable {
  /// Empty when nothing was found.
  public var findings: [DiagnosisFinding]
  /// What was looked at and what could not be, a sentence each.
  public var examined: [String]

  public init(findings: [DiagnosisFinding], examined: [String] = []) {
    self.findings = findings
    self.examined = examined
  }
}

/// A mistake that was found.
public struct DiagnosisFinding: Codable, Hashable, Sendable {
  /// A stable word: `arp-problem`, `wrong-gateway`, …
  public var code: String
  /// Absent for what concerns no virtual service by itself.
  public var service: String?
  /// The label of the real server; absent for the fallback and where no server is meant.
  public var server: String?
  /// What was seen.
  public var evidence: String
  /// A sentence each, with commands on lines of their own, indented by four blanks.
  public var remedies: [String]

  public init(code: String, service: String? = nil, server: String? = nil, evidence: String, remedies: [String]) {
    self.code = code
    self.service = service
    self.server = server
    self.evidence = evidence
    self.remedies = remedies
  }
}
