import CLibPcap
import Glibc

/// A libpcap handle on one Ethernet interface: sends whole frames, and receives those that a filter lets through.
///
/// Blocking, for one thread; nothing is captured in promiscuous mode.
@safe public struct PacketSocket: ~Copyable {
  /// The interface's name.
  public let interface: String
  private let handle: OpaquePointer

  /// How frames are received.
  private struct Reception {
    var snapLength: Int
    var bufferBytes: Int
    /// nil: each at once.
    var batchMilliseconds: Int32?
    var direction: pcap_direction_t
  }

  /// Opens the interface for frames that come in.
  ///
  /// - Parameters:
  ///   - interface: The interface's name.
  ///   - filter: What is received, in the language of pcap-filter(7).
  ///   - snapLength: How much of each frame is received, in bytes.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public init(on interface: String, filter: String, snapLength: Int = 256) throws(PacketSocketError) {
    // Room for some hundred short frames; the default is 2 MiB.
    let reception = Reception(snapLength: snapLength, bufferBytes: 256 << 10, direction: PCAP_D_IN)
    try self.init(interface, filter, reception)
  }

  /// Opens the interface for frames that leave, many at a time.
  ///
  /// - Parameters:
  ///   - bufferBytes: what waits beyond it is lost.
  ///   - batchMilliseconds: how long the kernel may gather frames before it hands them on.
  /// - Throws: ``PacketSocketError`` with libpcap's words.
  public init(
    leaving interface: String, filter: String, snapLength: Int, bufferBytes: Int, batchMilliseconds: Int32
  ) throws(PacketSocketError) {
    let reception = Reception(
      snapLength: snapLength, bufferBytes: bufferBytes, batchMilliseconds: batchMilliseconds, direction: PCAP_D_OUT)
    try self.init(interface, filter, reception)
  }

  private init(_ interface: String, _ filter: String, _ reception: Reception) throws(PacketSocketError) {
    let handle = try unsafe PacketSocket.activate(interface, reception)
    do throws(PacketSocketError) {
      try unsafe PacketSocket.configure(handle, interface, filter, reception.direction)
    } catch {
      unsafe pcap_close(handle)
      throw error
    }
    self.interface = interface
    unsafe self.handle = handle
  }

  private static func activate(
    _ interface: String, _ reception: Reception
  ) throws(PacketSocketError) -> OpaquePointer {
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(interface, &words) else {
      throw PacketSocketError(interface, "open", text(words))
    }
    unsafe pcap_set_snaplen(handle, Int32(clamping: reception.snapLength))
    unsafe pcap_set_immediate_mode(handle, reception.batchMilliseconds == nil ? 1 : 0)
    unsafe pcap_set_timeout(handle, reception.batchMilliseconds ?? 1)
    unsafe pcap_set_buffer_size(handle, Int32(clamping: reception.bufferBytes))
    let status = unsafe pcap_activate(handle)
    guard status >= 0 else {
      defer { unsafe pcap_close(handle) }
      let known = unsafe String(cString: pcap_statustostr(status))
      let detail = unsafe String(cString: pcap_geterr(handle))
      throw PacketSocketError(
        interface, "open", detail.isEmpty || detail == known ? known : "\(known) (\(detail))",
        remedy: .init(status: status))
    }
    return unsafe handle
  }

  private static func configure(
    _ handle: OpaquePointer, _ interface: String, _ filter: String, _ direction: pcap_direction_t
  ) throws(PacketSocketError) {
    // libpcap does not ask for close-on-exec.
    _ = fcntl(unsafe pcap_fileno(handle), F_SETFD, FD_CLOEXEC)
    guard unsafe pcap_datalink(handle) == DLT_EN10MB else {
      throw PacketSocketError(interface, "use", "it does not carry Ethernet frames")
    }
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard unsafe pcap_setnonblock(handle, 1, &words) == 0 else {
      throw PacketSocketError(interface, "set up", text(words))
    }
    guard unsafe pcap_setdirection(handle, direction) == 0 else {
      throw unsafe failure(of: handle, interface, "set the direction of")
    }
    var program = unsafe bpf_program()
    guard unsafe pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      throw unsafe failure(of: handle, interface, "compile the filter '\(filter)' for")
    }
    defer { unsafe pcap_freecode(&program) }
    guard unsafe pcap_setfilter(handle, &program) == 0 else { throw unsafe failure(of: handle, interface, "filter") }
  }

  deinit { unsafe pcap_close(handle) }

  /// Sends one whole frame, Ethernet header first.
  ///
  /// - Throws: ``PacketSocketError`` with libpcap's words, such as "Network is down".
  public borrowing func send(_ frame: [UInt8]) throws(PacketSocketError) {
    guard unsafe pcap_inject(handle, frame, frame.count) == Int32(clamping: frame.count) else {
      throw unsafe PacketSocket.failure(of: handle, interface, "send on")
    }
  }

  /// The next frame that the filter lets through, as much of it as the snap length allows; nil once the deadline has
  /// passed.
  ///
  /// - Throws: ``PacketSocketError`` with libpcap's words, such as "The interface disappeared".
  public borrowing func receive(until deadline: ContinuousClock.Instant) throws(PacketSocketError) -> [UInt8]? {
    while true {
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var bytes: UnsafePointer<UInt8>?
      switch unsafe pcap_next_ex(handle, &header, &bytes) {
      case 1:
        guard let header = unsafe header, let bytes = unsafe bytes else { continue }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(header.pointee.caplen)))
      case 0:
        guard try waitUntilReadable(until: deadline) else { return nil }
      default:
        throw unsafe PacketSocket.failure(of: handle, interface, "receive on")
      }
    }
  }

  /// For poll(2); belongs to the socket.
  public var descriptor: Int32 { unsafe pcap_get_selectable_fd(handle) }

  /// Calls `body` with each frame that waits, as much of it as the snap length allows, without waiting for more.
  ///
  /// - Parameters:
  ///   - countMax: how many at most.
  ///   - body: The frame is only valid during the call.
  /// - Throws: ``PacketSocketError`` with libpcap's words, such as "The interface disappeared".
  public borrowing func drain(atMost countMax: Int, _ body: (RawSpan) -> Void) throws(PacketSocketError) {
    for _ in 0..<countMax {
      var header: UnsafeMutablePointer<pcap_pkthdr>?
      var bytes: UnsafePointer<UInt8>?
      switch unsafe pcap_next_ex(handle, &header, &bytes) {
      case 1:
        guard let header = unsafe header, let bytes = unsafe bytes else { continue }
        let frame = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(header.pointee.caplen))
        unsafe body(frame.bytes)
      case 0: return
      default: throw unsafe PacketSocket.failure(of: handle, interface, "receive on")
      }
    }
  }

  private borrowing func waitUntilReadable(until deadline: ContinuousClock.Instant) throws(PacketSocketError) -> Bool {
    while true {
      let remaining = ContinuousClock.now.duration(to: deadline)
      guard remaining > .zero else { return false }
      // Rounded up, or the last millisecond would be spent in a busy loop.
      let milliseconds = min((remaining / .milliseconds(1)).rounded(.up), 1e9)
      var waiting = pollfd(fd: unsafe pcap_get_selectable_fd(handle), events: Int16(POLLIN), revents: 0)
      let count = unsafe poll(&waiting, 1, Int32(milliseconds))
      if count > 0 { return true }
      if count < 0, errno != EINTR {
        throw PacketSocketError(interface, "wait for", unsafe String(cString: strerror(errno)))
      }
    }
  }

  private static func failure(of handle: OpaquePointer, _ interface: String, _ action: String) -> PacketSocketError {
    PacketSocketError(interface, action, unsafe String(cString: pcap_geterr(handle)))
  }
}

/// What libpcap left in an error buffer.
private func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
