public import LinuxSystem

/// Runs programs for whoever may connect to its socket: one on each connection, a bounded number at once.
///
/// A client that closes its connection ends its program. Those that come while as many run as may wait in the socket's
/// backlog.
public struct ProgramServer: Sendable {
  /// How many programs run at once.
  public static let programsAtOnce = 64
  public static let backlog: Int32 = 1024
  private static let requestTimeout = Duration.seconds(5)

  private let loop: EpollLoop

  public init() throws(SystemError) { loop = try EpollLoop(threadName: "lbd-checks") }

  /// Serves until the task is cancelled; no program outlives it.
  ///
  /// - Throws: ``SystemError`` when the socket cannot be used any more.
  public func run(on listener: consuming OwnedDescriptor) async throws {
    let listener = SharedDescriptor(listener)
    try await withThrowingTaskGroup(of: Void.self) { group in
      var programs = 0
      while !Task.isCancelled {
        if programs == Self.programsAtOnce {
          try await group.next()
          programs -= 1
        }
        guard try await isAsked(listener), let connection = try accept(from: listener) else { continue }
        programs += 1
        group.addTask { [loop] in await Self.serve(connection, loop) }
      }
      group.cancelAll()
    }
  }

  /// Whether somebody connects; false after a while without.
  private func isAsked(_ listener: SharedDescriptor) async throws -> Bool {
    do throws(WaitError) {
      try await loop.waitUntil(.readable, listener.descriptor, deadline: .now + .seconds(3600))
      return true
    } catch {
      if case .failed(let cause) = error { throw cause }
      return false
    }
  }

  /// nil when the client has gone, or there is no room for its connection now.
  private func accept(from listener: SharedDescriptor) throws -> SharedDescriptor? {
    do throws(SystemError) {
      return SharedDescriptor(try UnixSocket.accept(from: listener.descriptor))
    } catch {
      guard ["EAGAIN", "ECONNABORTED", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].contains(error.name) else {
        throw error
      }
      return nil
    }
  }

  private static func serve(_ connection: SharedDescriptor, _ loop: EpollLoop) async {
    let limit = ContinuousClock.now + requestTimeout
    guard
      let message = try? await loop.receiveMessage(
        bytesMax: ProgramRequest.bytesMax, from: connection.descriptor, deadline: limit)
    else { return }
    var reply = ProgramReply(.notRun, "the request cannot be understood: lbd and lbd-checks are of different versions")
    if let request = ProgramRequest(message) {
      guard let ended = await run(request, for: connection, loop) else { return }
      reply = ended
    }
    guard let bytes = reply.bytes else { return }
    try? await loop.send(bytes, to: connection.descriptor, deadline: .now + requestTimeout)
  }

  /// nil when the client did not wait.
  private static func run(_ request: ProgramRequest, for client: SharedDescriptor, _ loop: EpollLoop) async
    -> ProgramReply?
  {
    await withTaskGroup(of: ProgramReply?.self) { group in
      group.addTask { await ProgramRunner(request).run() }
      group.addTask {
        // A client says nothing more: it is readable when it has gone.
        try? await loop.waitUntil(.readable, client.descriptor, deadline: .now + .seconds(100_000))
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}

/// A descriptor that several tasks share.
private final class SharedDescriptor: Sendable {
  let descriptor: OwnedDescriptor

  init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}
