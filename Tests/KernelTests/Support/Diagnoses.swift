import ControlAPI
import Foundation

/// What `lbctl diagnose` says, and what its remedies do.
extension LoadBalancerProgram {
  /// The findings, with the exit code that goes with them.
  func diagnose() async throws -> [DiagnosisFinding] {
    let result = try await lbctl("diagnose", "--json")
    guard result.exitCode == 0 || result.exitCode == 10 else { throw CommandFailed(result: result) }
    let report = try ControlJSON.decode(DiagnosisReport.self, from: Data(result.output.utf8))
    guard report.findings.isEmpty == (result.exitCode == 0) else { throw CommandFailed(result: result) }
    return report.findings
  }

  /// `code service/server` of each finding.
  func mistakes() async throws -> [String] { try await diagnose().map(\.name) }
}

extension DiagnosisFinding {
  var name: String { "\(code) \(service ?? "")/\(server ?? "")" }

  /// The commands of the remedy for Linux on the server, word for word as they are printed.
  var linuxCommands: String {
    let remedy = remedies.first { $0.contains("Linux") } ?? ""
    return remedy.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
      .joined(separator: "\n")
  }
}

extension Host {
  /// Runs lines of commands as an operator would paste them, stopping at the first that fails.
  func paste(_ lines: String) async throws { try await run("sh", "-ec", lines) }
}
