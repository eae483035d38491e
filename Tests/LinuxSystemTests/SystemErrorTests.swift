import Glibc
import Testing

@testable import LinuxSystem

@Suite struct SystemErrorTests {
  @Test func namesOperationMeaningAndNumber() {
    let error = SystemError("connect to 10.0.0.1:80", errno: ECONNREFUSED)
    #expect(error.description == "connect to 10.0.0.1:80: Connection refused (ECONNREFUSED, errno 111)")
    #expect(error.name == "ECONNREFUSED")
  }

  @Test func survivesNumbersWithoutName() {
    #expect(SystemError("x", errno: 9999).description == "x: Unknown error (errno 9999, errno 9999)")
  }

  @Test func systemCallRetriesInterruptionsOnly() throws {
    var calls = 0
    let result = try systemCall("test") {
      calls += 1
      errno = EINTR
      return calls < 3 ? -1 : 7
    }
    #expect(result == 7)
    #expect(calls == 3)

    calls = 0
    #expect(throws: SystemError("test", errno: EAGAIN)) {
      try systemCall("test") {
        calls += 1
        errno = EAGAIN
        return -1
      }
    }
    #expect(calls == 1)
  }
}
