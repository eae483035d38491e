import Foundation
import Glibc

/// Runs a script in the namespaces of the calling thread, and ends with its first command that fails.
///
/// - Returns: its status as wait(2) gives it, 0 when all is well.
public func shell(_ script: String) throws -> Int32 {
  var identifier: pid_t = 0
  let words = ["sh", "-ec", "export PATH=/usr/sbin:/usr/bin:/sbin:/bin\n" + script]
  var arguments = unsafe words.map { unsafe strdup($0) }
  unsafe arguments.append(nil)
  defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
  keepDescriptorsFromPrograms()
  let result = unsafe posix_spawn(&identifier, "/bin/sh", nil, nil, arguments, nil)
  guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
  var status: Int32 = 0
  unsafe waitpid(identifier, &status, 0)
  return status
}
