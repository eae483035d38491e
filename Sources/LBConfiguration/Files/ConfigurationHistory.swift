import Glibc
import LinuxSystem

/// The configurations that were applied last, whole, newest last.
///
/// Each is one file in the directory, named by a number that only grows; its bytes are ``ConfigurationArchive``'s.
/// Blocks while it reads and writes.
public struct ConfigurationHistory: Sendable {
  /// How many are kept.
  public static let entriesMax = 20

  /// A configuration that was applied.
  public struct Entry: Hashable, Sendable {
    /// Grows by one with each that is saved.
    public let number: Int
    public let path: String
  }

  public let directory: String

  public init(directory: String) { self.directory = directory }

  /// The kept configurations, oldest first; none when the directory is missing.
  ///
  /// - Throws: when the directory cannot be read.
  public func list() throws(ConfigurationHistoryError) -> [Entry] {
    var entries: [Entry] = []
    do throws(SystemError) {
      for name in try DirectoryListing.names(in: directory).map({ String(decoding: $0, as: UTF8.self) }) {
        guard name.hasSuffix(Self.suffix), let number = Int(decimal: name.dropLast(Self.suffix.count)) else { continue }
        entries.append(Entry(number: number, path: "\(directory)/\(name)"))
      }
    } catch {
      guard error.errno == ENOENT else { throw ConfigurationHistoryError(error) }
    }
    return entries.sorted { $0.number < $1.number }
  }

  /// When a configuration was applied, in seconds since 1970; nil when its file is not there any more.
  public func appliedAt(_ entry: Entry) -> Double? {
    var status = stat()
    guard unsafe stat(entry.path, &status) == 0 else { return nil }
    return Double(status.st_mtim.tv_sec)
  }

  /// The files of a kept configuration.
  ///
  /// - Throws: when it cannot be read or is damaged.
  public func files(of entry: Entry) throws(ConfigurationHistoryError) -> [SourceFile] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try BoundedFile.read(entry.path, bytesMax: ConfigurationSources.bytesMax * 2, followsLinks: false)
    } catch {
      throw ConfigurationHistoryError(error)
    }
    guard let files = ConfigurationArchive.files(in: bytes) else {
      throw ConfigurationHistoryError("\(entry.path) is damaged: it does not hold a whole configuration")
    }
    return files
  }

  /// The files of the newest configuration that is whole; nil when there is none.
  ///
  /// - Throws: when the directory cannot be read.
  public func newest() throws(ConfigurationHistoryError) -> [SourceFile]? {
    for entry in try list().reversed() {
      if let files = try? files(of: entry) { return files }
    }
    return nil
  }

  /// Keeps a configuration, unless the newest has the same files, and forgets those beyond the last
  /// ``entriesMax``.
  ///
  /// - Returns: the entry; that of the newest when nothing had to be written.
  /// - Throws: when the directory cannot be made or written; the history is as it was then.
  @discardableResult
  public func save(_ files: [SourceFile]) throws(ConfigurationHistoryError) -> Entry {
    let entries = try list()
    if let last = entries.last, let kept = try? self.files(of: last), isSame(kept, files) { return last }
    if unsafe mkdir(directory, 0o700) != 0, errno != EEXIST {
      throw ConfigurationHistoryError(SystemError("make the directory \(directory)", errno: errno))
    }
    let number = (entries.last?.number ?? 0) + 1
    let digits = String(number)
    let name = String(repeating: "0", count: max(0, 8 - digits.count)) + digits + Self.suffix
    let entry = Entry(number: number, path: "\(directory)/\(name)")
    do throws(SystemError) {
      try AtomicFile.write(
        ConfigurationArchive.bytes(of: files), to: entry.path, permissions: 0o600, followsLinks: false)
    } catch {
      throw ConfigurationHistoryError(error)
    }
    for old in (entries + [entry]).dropLast(Self.entriesMax) { unsafe unlink(old.path) }
    return entry
  }

  private static let suffix = ".configuration"

  private func isSame(_ left: [SourceFile], _ right: [SourceFile]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.path == $1.path && $0.bytes == $1.bytes }
  }
}

/// Why the history could not be read or written.
public struct ConfigurationHistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
  init(_ error: SystemError) { description = "\(error)" }
}
