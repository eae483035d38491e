import Glibc

extension EpollLoop {
  /// Sends all bytes, or one datagram.
  ///
  /// - Throws: ``WaitError``: the deadline passed, the task was cancelled, or the peer refused (ECONNRESET, EPIPE,
  ///   ECONNREFUSED, …).
  public func send(
    _ bytes: [UInt8], to socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async throws(WaitError) {
    var sent = 0
    repeat {
      let (count, error) = Self.sendNow(bytes[sent...], to: socket.rawValue)
      if error == EAGAIN {
        try await waitUntil(.writable, socket, deadline: deadline)
      } else if error != 0, error != EINTR {
        throw .failed(SystemError("send", errno: error))
      }
      sent += count
    } while sent < bytes.count
  }

  /// Receives what there is, as soon as there is something: a part of a stream, or one datagram cut to this length.
  ///
  /// - Returns: nothing at a stream's end, or for an empty datagram.
  /// - Throws: ``WaitError``: the deadline passed, the task was cancelled, or the connection broke.
  public func receive(
    upTo bytesMax: Int, from socket: borrowing OwnedDescriptor, deadline: ContinuousClock.Instant
  ) async throws(WaitError) -> [UInt8] {
    // A peer that never stops sending gets no longer than one that sends nothing.
    while ContinuousClock.now < deadline {
      let (bytes, error) = Self.receiveNow(upTo: bytesMax, from: socket.rawValue)
      if error == 0 { return bytes }
      if error == EAGAIN {
        try await waitUntil(.readable, socket, deadline: deadline)
      } else if error != EINTR {
        throw .failed(SystemError("receive", errno: error))
      }
    }
    throw .deadlinePassed
  }

  /// The count of what was sent, or an error number.
  private static func sendNow(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> (count: Int, error: Int32) {
    let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
    return count >= 0 ? (count, 0) : (0, errno)
  }

  /// What was received, or an error number.
  private static func receiveNow(upTo bytesMax: Int, from descriptor: Int32) -> (bytes: [UInt8], error: Int32) {
    var error: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
      let received = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      if received < 0 { error = errno }
      count = max(received, 0)
    }
    return (bytes, error)
  }
}
