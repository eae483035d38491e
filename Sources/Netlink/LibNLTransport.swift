import CLibNL
import Glibc

/// A netlink socket of libnl.
@safe public final class LibNLTransport: NetlinkTransport {
  /// The netlink protocols used here (`NETLINK_…` in `linux/netlink.h`).
  public enum Family: Int32, Sendable {
    case route = 0
    case netfilter = 12
    case generic = 16
  }

  public let portID: UInt32
  /// The socket's descriptor, for waiting until it is readable; the transport keeps owning it.
  public let descriptor: Int32
  private let socket: OpaquePointer
  private var sendBufferBytes: Int

  /// Opens and connects a socket.
  ///
  /// - Parameters:
  ///   - family: The netlink protocol.
  ///   - groups: The multicast groups whose notifications it receives, by number.
  ///   - strictChecking: Asks the kernel to refuse rather than ignore what it does not know in requests that list
  ///     (`NETLINK_GET_STRICT_CHK`), which also makes it filter such lists.
  ///   - receiveBufferBytes: The size of the receive buffer; without CAP_NET_ADMIN the kernel's limit
  ///     (`net.core.rmem_max`) applies.
  /// - Throws: ``NetlinkError/Code/system(_:)``.
  public init(
    _ family: Family, groups: [UInt32] = [], strictChecking: Bool = false, receiveBufferBytes: Int = 4 << 20
  ) throws(NetlinkError) {
    let opening = "open a netlink socket"
    guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.system(ENOMEM), opening) }
    Glibc.errno = 0
    let result = unsafe nl_connect(socket, family.rawValue)
    let failure = Glibc.errno
    guard result == 0 else {
      unsafe nl_socket_free(socket)
      // libnl has its own error codes, of which several errno fall into one.
      throw NetlinkError(.system(failure == 0 ? EIO : failure), opening)
    }
    unsafe self.socket = socket
    descriptor = unsafe nl_socket_get_fd(socket)
    portID = unsafe nl_socket_get_local_port(socket)
    sendBufferBytes = 1 << 20
    setOption(SOL_NETLINK, NETLINK_EXT_ACK, 1)
    setOption(SOL_NETLINK, NETLINK_CAP_ACK, 1)
    if strictChecking { setOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1) }
    setBuffer(SO_RCVBUFFORCE, SO_RCVBUF, receiveBufferBytes)
    setBuffer(SO_SNDBUFFORCE, SO_SNDBUF, sendBufferBytes)
    for group in groups {
      guard setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(bitPattern: group)) else {
        throw NetlinkError(.system(Glibc.errno), "join netlink group \(group)")
      }
    }
  }

  deinit {
    unsafe nl_socket_free(socket)
  }

  public func send(_ bytes: [UInt8]) throws(NetlinkError) {
    if bytes.count > sendBufferBytes / 2 {
      // The kernel refuses what does not fit the send buffer as a whole (netlink_sendmsg).
      sendBufferBytes = bytes.count * 2
      setBuffer(SO_SNDBUFFORCE, SO_SNDBUF, sendBufferBytes)
    }
    while true {
      let (result, failure) = unsafe bytes.withUnsafeBytes { buffer in
        // libnl's parameter is not const, though it only reads.
        let sent = unsafe nl_sendto(socket, UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
        return (sent, Glibc.errno)
      }
      guard result < 0 else { return }
      switch failure {
      case EINTR: continue
      case EMSGSIZE: throw NetlinkError(.messageTooLarge, "send \(bytes.count) bytes over netlink")
      default: throw NetlinkError(.system(failure), "send over netlink")
      }
    }
  }

  // Received without nl_recv: that allocates and copies each datagram, peeks at it first, and folds ENOBUFS into ENOMEM.
  public func receive(
    into buffer: inout [UInt8], deadline: ContinuousClock.Instant
  ) throws(NetlinkError) -> Int {
    while true {
      let (length, sender, failure) = receiveOnce(into: &buffer)
      if length >= 0 {
        // Any process may send to this socket; port 0 is the kernel.
        if sender != 0 {
          guard ContinuousClock.now < deadline else { throw NetlinkError(.timedOut, "receive over netlink") }
          continue
        }
        guard length <= buffer.count else {
          throw NetlinkError(.malformedReply, "receive over netlink", detail: "a datagram of \(length) bytes")
        }
        return length
      }
      switch failure {
      case EINTR: continue
      case EAGAIN: try waitUntilReadable(deadline: deadline)
      case ENOBUFS: throw NetlinkError(.repliesLost, "receive over netlink")
      default: throw NetlinkError(.system(failure), "receive over netlink")
      }
    }
  }

  private func receiveOnce(into buffer: inout [UInt8]) -> (length: Int, sender: UInt32, failure: Int32) {
    var address = sockaddr_nl()
    var addressLength = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let flags = Int32(MSG_DONTWAIT | MSG_TRUNC)
    return unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe withUnsafeMutableBytes(of: &address) { raw in
        let length = unsafe recvfrom(
          descriptor, bytes.baseAddress, bytes.count, flags,
          raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), &addressLength)
        let failure = Glibc.errno
        return (length, unsafe raw.load(as: sockaddr_nl.self).nl_pid, failure)
      }
    }
  }

  private func waitUntilReadable(deadline: ContinuousClock.Instant) throws(NetlinkError) {
    while true {
      let remaining = ContinuousClock.now.duration(to: deadline)
      guard remaining > .zero else { throw NetlinkError(.timedOut, "receive over netlink") }
      // Rounded up, or the last millisecond would be spent in a busy loop.
      let milliseconds = min(remaining / .milliseconds(1), 1e9).rounded(.up)
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = unsafe poll(&waiting, 1, Int32(milliseconds))
      if count > 0 { return }
      if count < 0, Glibc.errno != EINTR { throw NetlinkError(.system(Glibc.errno), "wait for netlink") }
    }
  }

  @discardableResult
  private func setOption(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
    unsafe withUnsafeBytes(of: value) {
      unsafe setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count)) == 0
    }
  }

  private func setBuffer(_ forced: Int32, _ limited: Int32, _ byteCount: Int) {
    let size = Int32(clamping: byteCount)
    if !setOption(SOL_SOCKET, forced, size) { setOption(SOL_SOCKET, limited, size) }
  }
}
