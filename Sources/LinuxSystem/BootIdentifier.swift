/// Tells one start of the kernel from the next.
public enum BootIdentifier {
  /// The identifier of this boot, such as `3f0d3f5e-7c5e-4c5c-9d39-1d0c8b1a2f11`; random(4).
  ///
  /// - Throws: ``SystemError`` where /proc is not mounted.
  public static func read() throws(SystemError) -> String {
    try Sysctl.read("kernel/random/boot_id")
  }
}
