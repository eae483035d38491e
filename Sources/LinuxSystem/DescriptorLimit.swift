import Glibc

/// How many descriptors this process may have open, getrlimit(2).
public enum DescriptorLimit {
  /// Raises the limit as far as the process may without a privilege.
  ///
  /// - Returns: the limit that holds now.
  /// - Throws: ``SystemError`` with errno of getrlimit(2) or setrlimit(2).
  @discardableResult
  public static func raise() throws(SystemError) -> Int {
    let openFiles = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    try systemCall("read the limit of open files") { unsafe getrlimit(openFiles, &limit) }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      try systemCall("raise the limit of open files") { unsafe setrlimit(openFiles, &limit) }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
