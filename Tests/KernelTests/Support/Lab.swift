import Foundation
import Testing

/// The kernel that these tests run under, and the programs that they run.
enum Lab {
  /// `Scripts/lab` sets LBD_LAB: there, a kernel without IPVS is a failure and no reason to skip.
  static var isHere: Bool {
    let isMeant = ProcessInfo.processInfo.environment["LBD_LAB"] != nil
    return isMeant || (geteuid() == 0 && FileManager.default.fileExists(atPath: "/proc/net/ip_vs"))
  }

  /// Full counts where a short run would do with fewer.
  static var isFull: Bool { ProcessInfo.processInfo.environment["LBD_FULL"] == "1" }

  /// Where `lbd`, `lbctl` and `LabPeer` lie: beside the tests' own binary, unless LBD_BINARIES names another directory.
  static let binaries: String = {
    if let path = ProcessInfo.processInfo.environment["LBD_BINARIES"] { return path }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (own as NSString).deletingLastPathComponent
  }()

  /// A file that the project ships.
  static func shipped(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Config/" + path).path
  }

  static func binary(_ name: String) -> String { binaries + "/" + name }

  /// Where logs outlive the lab; nil outside it.
  static var output: String? { ProcessInfo.processInfo.environment["LBD_LAB_OUTPUT"] }
}

/// All tests that need a kernel with IPVS; one after another, since they share its processors.
@Suite("In the lab", .serialized, .enabled(if: Lab.isHere, "needs IPVS: Scripts/test boots a kernel that has it"))
enum InTheLab {}
