import Glibc

/// getsockopt(2) and setsockopt(2) with values of fixed size.
enum SocketOption {
  static func set<Value: BitwiseCopyable>(
    _ level: some BinaryInteger, _ option: Int32, _ value: Value, _ name: String,
    _ socket: borrowing OwnedDescriptor
  ) throws(SystemError) {
    let descriptor = socket.rawValue
    try systemCall("set \(name)") {
      unsafe withUnsafeBytes(of: value) {
        unsafe setsockopt(descriptor, Int32(level), option, $0.baseAddress, socklen_t($0.count))
      }
    }
  }

  static func set(
    _ level: some BinaryInteger, _ option: Int32, _ value: [UInt8], _ name: String,
    _ socket: borrowing OwnedDescriptor
  ) throws(SystemError) {
    let descriptor = socket.rawValue
    try systemCall("set \(name)") {
      unsafe setsockopt(descriptor, Int32(level), option, value, socklen_t(value.count))
    }
  }

  static func get<Value: BitwiseCopyable>(
    _ level: some BinaryInteger, _ option: Int32, _ name: String, _ socket: borrowing OwnedDescriptor,
    otherwise initial: Value
  ) throws(SystemError) -> Value {
    let descriptor = socket.rawValue
    var value = initial
    var length = socklen_t(MemoryLayout<Value>.size)
    try systemCall("get \(name)") { unsafe getsockopt(descriptor, Int32(level), option, &value, &length) }
    return value
  }
}
