import CLinux
import Glibc

/// Nanoseconds of the monotonic clock.
func now() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

func errorText(_ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "errno \(number)" }
  return unsafe String(cString: text)
}

/// Writes all of `text`; 0 or the errno.
@discardableResult
func write(_ text: String, to descriptor: Int32) -> Int32 {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = rest.dropFirst(written)
  }
  return 0
}

func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

/// Thousands of connections need thousands of descriptors.
func raiseDescriptorLimit() {
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(7), &limit)
  limit.rlim_cur = limit.rlim_max
  unsafe setrlimit(__rlimit_resource_t(7), &limit)
}

func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32 = 1) {
  var value = value
  unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}

/// A non-blocking socket, bound to `local` when given.
/// What a conversation goes over; SCTP in the one-to-one style (RFC 6458 section 4).
enum Transport {
  case tcp, udp, sctp

  init(_ arguments: Arguments) { self = arguments.has("udp") ? .udp : arguments.has("sctp") ? .sctp : .tcp }
}

func openSocket(_ family: Int32, _ transport: Transport, boundTo local: Endpoint?) throws(PeerError) -> Int32 {
  let kind = Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue)
  let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  let descriptor = socket(family, kind | flags, transport == .sctp ? Int32(IPPROTO_SCTP) : 0)
  guard descriptor >= 0 else { throw PeerError("socket: \(errorText(errno))") }
  setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
  if transport == .tcp { setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) }
  guard let local else { return descriptor }
  if family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
  // Ports of the source are chosen at connect, so that each address of a crowd has all of them.
  if local.port == 0 { setOption(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT) }
  let result = unsafe local.withSocketAddress { unsafe bind(descriptor, $0, $1) }
  guard result == 0 else {
    let problem = errorText(errno)
    close(descriptor)
    throw PeerError("bind to \(local.address) port \(local.port): \(problem)")
  }
  return descriptor
}

/// Starts to connect; 0 or the errno.
func startConnecting(_ descriptor: Int32, to remote: Endpoint) -> Int32 {
  let result = unsafe remote.withSocketAddress { unsafe connect(descriptor, $0, $1) }
  if result == 0 { return 0 }
  return errno == EINPROGRESS ? 0 : errno
}

/// The error that the socket holds, 0 when it has none.
func pendingError(of descriptor: Int32) -> Int32 {
  var value: Int32 = 0
  var length = socklen_t(MemoryLayout<Int32>.size)
  unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
  return value
}

/// The next connection waiting at a listener, nil when there is none.
func acceptConnection(_ listener: Int32) -> (descriptor: Int32, client: Endpoint)? {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let descriptor = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe clinux_accept4(listener, $0, &length, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
    }
  }
  guard descriptor >= 0, let client = Endpoint(storage: storage, length: length) else { return nil }
  return (descriptor, client)
}

/// The next datagram and its sender, nil when there is none.
func receiveDatagram(_ descriptor: Int32) -> (bytes: [UInt8], sender: Endpoint)? {
  var buffer = [UInt8](repeating: 0, count: 2048)
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let count = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe recvfrom(descriptor, &buffer, 2048, 0, $0, &length)
    }
  }
  guard count >= 0, let sender = Endpoint(storage: storage, length: length) else { return nil }
  return (Array(buffer[..<count]), sender)
}

func sendDatagram(_ bytes: [UInt8], from descriptor: Int32, to receiver: Endpoint) {
  _ = unsafe receiver.withSocketAddress { unsafe sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
}
