public import LinuxSystem

extension EpollLoop {
  /// Receives one message behind its length.
  ///
  /// - Returns: nil when the peer closed the connection, or names a length over the bound.
  /// - Throws: ``WaitError``.
  public func receiveMessage(
    bytesMax: Int, from socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async throws(WaitError) -> [UInt8]? {
    var bytes: [UInt8] = []
    var wanted = 4
    while bytes.count < wanted {
      let more = try await receive(upTo: min(wanted - bytes.count, 16 << 10), from: socket, deadline: deadline)
      if more.isEmpty { return nil }
      bytes += more
      if bytes.count == 4, wanted == 4 {
        wanted += bytes.reduce(0) { $0 << 8 | Int($1) }
        guard wanted - 4 <= bytesMax else { return nil }
      }
    }
    return Array(bytes.dropFirst(4))
  }
}
