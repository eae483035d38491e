import LoadBalancing
import Testing

@testable import HealthChecks

/// A server program of the distribution, how it is run for a test, and the checks that it passes and fails.
struct RealServer: Sendable, CustomTestStringConvertible {
  let name: String
  /// Where it refuses anybody else.
  var needsRoot = false
  var portCount = 1
  /// Writes its configuration and gives its command line.
  let prepare: @Sendable (Workplace) async throws -> [String]
  /// The first is one that passes; it is the one that is made of the server that hangs, too.
  let cases: @Sendable (Workplace) -> [Case]
  /// What the server that hangs owes to the first check.
  let awaited: String

  var testDescription: String { name }

  struct Case: Sendable {
    let check: ApplicationCheck
    /// Of the workplace's ports.
    var port = 0
    var timeout: Duration = .seconds(20)
    let verdict: ProbeOutcome.Verdict
    /// Part of the message.
    let says: String

    static func passes(_ check: ApplicationCheck, port: Int = 0, _ says: String) -> Case {
      Case(check: check, port: port, verdict: .passed, says: says)
    }

    static func fails(
      _ check: ApplicationCheck, port: Int = 0, within timeout: Duration = .seconds(20), _ says: String
    ) -> Case {
      Case(check: check, port: port, timeout: timeout, verdict: .failed, says: says)
    }
  }

  static let all = [
    nginx, postfix, dovecot, vsftpd, slapd, mariaDB, postgreSQL, redis, freeRADIUS, unbound, chrony, sipp, storeSCP,
  ]

  static let joe = credentials("joe", "tiger")
  static let jim = credentials("joe", "lion")

  static func credentials(_ user: String, _ password: String) -> Credentials {
    Credentials(user: user, password: Secret(password))
  }
}
