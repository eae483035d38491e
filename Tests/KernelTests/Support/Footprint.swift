import Foundation

/// What a process holds of the machine.
struct Footprint: CustomStringConvertible {
  let descriptors: Int
  /// Resident memory.
  let kibibytes: Int

  init(of process: pid_t) throws {
    descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    kibibytes = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  var description: String { "\(descriptors) descriptors, \(kibibytes / 1024) MiB" }
}
