import Glibc

/// Makes a system call that answers a negative number on failure, again as long as a signal interrupts it.
///
/// errno is read at once, before anything else can change it.
///
/// - Throws: ``SystemError`` with the operation's name and errno.
@discardableResult
func systemCall<Result: BinaryInteger>(
  _ operation: @autoclosure () -> String, _ call: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    let error = errno
    if error != EINTR { throw SystemError(operation(), errno: error) }
  }
}
