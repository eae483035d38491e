import CLinux
import Glibc

/// Starts threads that take no signals and need no join.
enum SystemThread {
  /// Runs the body on a new thread of this name, of which 15 bytes are kept (prctl(2), PR_SET_NAME).
  ///
  /// - Throws: ``SystemError`` when the system has no room for another thread.
  static func start(named name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
    let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
    // A new thread inherits the mask: signals go to the threads that wait for them, never to this one.
    var everySignal = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&everySignal)
    unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
    defer { unsafe _ = pthread_sigmask(SIG_SETMASK, &previous, nil) }

    var thread = pthread_t()
    let error = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, start.toOpaque())
    guard error == 0 else {
      unsafe start.release()
      throw SystemError("start thread \(name)", errno: error)
    }
    pthread_detach(thread)
  }

  private final class Start {
    private let name: String
    private let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      let kept = String(decoding: name.utf8.prefix(15), as: UTF8.self)
      unsafe _ = kept.withCString { unsafe clinux_name_this_thread($0) }
      body()
    }
  }
}
