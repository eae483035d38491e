import ArgumentParser
import Glibc
import LinuxSystem
import UnixSignals

/// The program `lbd-checks`.
struct CheckProgramsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lbd-checks",
    abstract: "Runs the programs of lbd's external health checks and notifications, with no privileges.",
    discussion: """
      lbd asks for programs on a Unix socket and is told how they ended. Whoever can connect to the socket can run
      programs as the user of lbd-checks: the socket belongs to the user who starts it, with mode 0600. A socket that
      systemd has opened (ListenStream= in lbd-checks.socket) is taken instead of a path; its SocketUser= is then lbd's.

      lbd, started by root without a service manager, starts lbd-checks by itself.

      EXAMPLES
        lbd-checks                                            with a socket from systemd
        lbd-checks --socket /run/lbd/checks.sock --user nobody

      EXIT STATUS
        0 ended as asked · 1 failed · 64 wrong usage
      """)

  @Option(help: ArgumentHelp("Listens here; without it, on the socket that systemd has opened.", valueName: "PATH"))
  var socket: String?

  @Option(help: ArgumentHelp("Becomes this user once it listens, with no other groups.", valueName: "NAME"))
  var user: String?

  @Flag(help: "Ends when its standard input does, as it does when the lbd that started it has ended.")
  var untilInputEnds = false

  init() {}

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    do {
      let listener = try listen().take()
      if let user { try Privileges.become(user) }
      let server = try ProgramServer()
      let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run(on: OwnedDescriptor(listener)) }
        group.addTask { for await _ in signals { return } }
        if untilInputEnds { group.addTask { try await Self.waitForEndOfInput() } }
        try await group.next()
        group.cancelAll()
      }
    } catch let error as SystemError {
      let words = Array("lbd-checks: \(error)\n".utf8)
      _ = unsafe write(STDERR_FILENO, words, words.count)
      throw ExitCode(1)
    }
  }

  private func listen() throws -> OwnedDescriptor {
    if let socket { return try UnixSocket.listen(at: socket, backlog: ProgramServer.backlog) }
    guard let inherited = ActivationSocket.take() else {
      throw ValidationError("there is no socket from systemd: name one with --socket PATH")
    }
    return inherited
  }

  private static func waitForEndOfInput() async throws {
    let loop = try EpollLoop(threadName: "lbd-input")
    let input = OwnedDescriptor(STDIN_FILENO)
    while try await !hasEnded(input, loop) {}
  }

  private static func hasEnded(_ input: borrowing OwnedDescriptor, _ loop: EpollLoop) async throws -> Bool {
    do throws(WaitError) {
      try await loop.waitUntil(.readable, input, deadline: .now + .seconds(3600))
    } catch {
      guard error == .deadlinePassed else { return true }
      return false
    }
    var byte: UInt8 = 0
    return unsafe read(input.rawValue, &byte, 1) <= 0
  }
}
