import Director

/// Writes events into their file in the order in which they come; nobody waits for it.
struct EventRecorder: Sendable {
  /// More that wait for a slow disk are left out of the file.
  private static let waitingMax = 10_000

  private let file: EventFile
  private let events: AsyncStream<DirectorEvent>
  private let event: AsyncStream<DirectorEvent>.Continuation

  init(file: EventFile) {
    self.file = file
    (events, event) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingMax))
  }

  func record(_ event: DirectorEvent) { self.event.yield(event) }

  /// No more events will come; ``run(tell:)`` returns when those that have are written.
  func finish() { event.finish() }

  /// - Parameter tell: is told when the file cannot be written, once until it can.
  func run(tell: @Sendable (String) async -> Void) async {
    var isFailing = false
    for await event in events {
      do {
        try await file.append(event)
        isFailing = false
      } catch {
        guard !isFailing else { continue }
        isFailing = true
        await tell("the event history is not written, 'lbctl events' will lack these after a restart: \(error)")
      }
    }
  }
}
