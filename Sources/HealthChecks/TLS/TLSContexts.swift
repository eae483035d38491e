import LinuxSystem
import LoadBalancing
import NIOCore
import NIOPosix
import NIOSSL

/// The TLS contexts of checks, one for each way of verifying: making one takes as long as many handshakes.
actor TLSContexts {
  /// A reason on this machine for which there is no context.
  struct Fault: Error, Hashable {
    let reason: String
  }

  typealias Outcome = Result<NIOSSLContext, Fault>

  private struct Way: Hashable {
    let verifies: Bool
    let authoritiesFile: String?
  }

  private struct Entry {
    let outcome: Task<Outcome, Never>
    /// nil: no file stands behind it.
    let goodUntil: ContinuousClock.Instant?
  }

  /// Files of authorities change: they are read anew so often.
  private static let age = Duration.seconds(60)
  private static let fileBytesMax = 4 << 20

  private var entries: [Way: Entry] = [:]

  /// The context of these settings, made outside the cooperative pool where there is none.
  func context(for settings: TLSSettings) async -> Outcome {
    let way = Way(
      verifies: settings.verifiesCertificate,
      authoritiesFile: settings.verifiesCertificate ? settings.authoritiesFile : nil)
    let now = ContinuousClock.now
    if let entry = entries[way], entry.goodUntil.map({ now < $0 }) ?? true { return await entry.outcome.value }
    let outcome = Task { await Self.make(way) }
    entries[way] = Entry(outcome: outcome, goodUntil: way.verifies ? now + Self.age : nil)
    let made = await outcome.value
    // Whoever comes next tries again.
    if case .failure = made, entries[way]?.outcome == outcome { entries[way] = nil }
    return made
  }

  @concurrent private static func make(_ way: Way) async -> Outcome {
    do {
      return .success(
        try await NIOThreadPool.singleton.runIfActive { try NIOSSLContext(configuration: configuration(way)) })
    } catch let fault as Fault {
      return .failure(fault)
    } catch {
      return .failure(Fault(reason: "TLS cannot be set up: \(error)"))
    }
  }

  /// Blocks while it reads the file.
  private static func configuration(_ way: Way) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    // Nothing is owed to a server whose goodbye is still to come.
    configuration.shutdownTimeout = .zero
    configuration.certificateVerification = way.verifies ? .fullVerification : .none
    if let file = way.authoritiesFile { configuration.trustRoots = .certificates(try authorities(file)) }
    return configuration
  }

  private static func authorities(_ file: String) throws(Fault) -> [NIOSSLCertificate] {
    let bytes: [UInt8]
    do {
      bytes = try BoundedFile.read(file, bytesMax: fileBytesMax)
    } catch {
      throw Fault(reason: "the ca-file cannot be read: \(error)")
    }
    do {
      return try NIOSSLCertificate.fromPEMBytes(bytes)
    } catch {
      throw Fault(reason: "the ca-file \(file) holds no certificates in PEM (\(error))")
    }
  }
}
