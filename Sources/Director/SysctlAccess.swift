public import LinuxSystem

/// Reads and writes the kernel's settings.
public protocol SysctlAccess: Sendable {
  /// - Parameter name: with slashes, below /proc/sys.
  func read(_ name: String) throws(SystemError) -> String
  func write(_ name: String, _ value: String) throws(SystemError)
}

/// The settings under /proc/sys.
public struct LinuxSysctls: SysctlAccess {
  public init() {}

  public func read(_ name: String) throws(SystemError) -> String { try Sysctl.read(name) }

  public func write(_ name: String, _ value: String) throws(SystemError) { try Sysctl.write(name, value) }
}
