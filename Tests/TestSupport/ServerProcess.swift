import Foundation
import Glibc

/// A server program and all that it started, ended by their process ids at the latest with this object.
public final class ServerProcess {
  private let processID: pid_t
  private let outputPath: String
  private var hasEnded = false

  /// Starts it in a process group of its own, its output in a file.
  public init(_ words: [String], outputPath: String) throws {
    self.outputPath = outputPath
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    keepDescriptorsFromPrograms()
    let result = unsafe posix_spawnp(&identifier, words[0], &actions, &attributes, &arguments, environ)
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EINVAL) }
    processID = identifier
  }

  deinit { kill9() }

  /// The last of what it said.
  public var output: String { String((try? String(contentsOfFile: outputPath, encoding: .utf8))?.suffix(3000) ?? "") }

  /// Whether it has ended by itself or by a signal.
  public var isOver: Bool {
    if !hasEnded, waitpid(processID, nil, WNOHANG) == processID { hasEnded = true }
    return hasEnded
  }

  /// Stops it and its children: they keep their sockets and answer nothing.
  public func hang() async throws {
    let all = family
    all.forEach { kill($0, SIGSTOP) }
    for _ in 0..<1000 where !all.allSatisfy(Self.isStopped) { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// Whether every thread of it has stopped, or none is left.
  private static func isStopped(_ processID: pid_t) -> Bool {
    let directory = "/proc/\(processID)/task"
    return ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).allSatisfy { thread in
      let status = (try? String(contentsOfFile: "\(directory)/\(thread)/stat", encoding: .utf8)) ?? ") T"
      // Behind the name in parentheses: stopped, or a zombie.
      return status.split(separator: ")").last.map { $0.hasPrefix(" T") || $0.hasPrefix(" Z") } ?? true
    }
  }

  public func kill9() {
    guard !isOver else { return }
    family.forEach { kill($0, SIGKILL) }
    _ = waitpid(processID, nil, 0)
    hasEnded = true
  }

  /// Lets it go on and asks it to end, then ends what is left of it.
  public func end() async throws {
    let all = family
    all.forEach { kill($0, SIGCONT) }
    kill(processID, SIGTERM)
    for _ in 0..<1000 where !isOver { try await Task.sleep(for: .milliseconds(10)) }
    kill9()
    // Those of its children that outlive it; a number may be somebody else's once their parent has gone.
    all.dropFirst().filter { getpgid($0) == processID }.forEach { kill($0, SIGKILL) }
  }

  /// The process and all its descendants, parents first.
  private var family: [pid_t] {
    var parents: [pid_t: [pid_t]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let number = pid_t(name), let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        // Behind the name in parentheses: the state and the parent.
        let parent = status.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap({ pid_t($0) })
      else { continue }
      parents[parent, default: []].append(number)
    }
    var family = [processID]
    var place = 0
    while place < family.count {
      family += parents[family[place]] ?? []
      place += 1
    }
    return family
  }
}
