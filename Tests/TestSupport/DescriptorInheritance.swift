import Glibc

/// Marks every descriptor of this process but the standard ones close-on-exec, before a test starts a program: the
/// sockets of tests that run beside would stay open in it.
public func keepDescriptorsFromPrograms() {
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  for descriptor in 3..<Int32(clamping: min(limit.rlim_cur, 65_536)) {
    let flags = fcntl(descriptor, F_GETFD)
    if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
  }
}
