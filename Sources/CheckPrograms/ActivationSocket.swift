import Glibc
import LinuxSystem

/// A socket that systemd opened and listens on (sd_listen_fds(3)).
enum ActivationSocket {
  /// SD_LISTEN_FDS_START of systemd/sd-daemon.h.
  private static let descriptor: Int32 = 3

  /// nil when the variables say that there is none for this process.
  static func take() -> OwnedDescriptor? {
    guard variable("LISTEN_PID") == getpid(), (variable("LISTEN_FDS") ?? 0) >= 1 else { return nil }
    let flags = fcntl(descriptor, F_GETFL)
    guard flags >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
    else { return nil }
    return OwnedDescriptor(descriptor)
  }

  private static func variable(_ name: String) -> Int32? {
    guard let text = unsafe getenv(name) else { return nil }
    return unsafe Int32(String(cString: text))
  }
}
