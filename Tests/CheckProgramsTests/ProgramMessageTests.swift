import Testing

@testable import CheckPrograms

@Suite struct ProgramMessageTests {
  private let request = ProgramRequest(
    program: "/bin/x", arguments: ["10.0.0.1", ""], environment: ["A": "1=2", "B": ""], timeout: .milliseconds(1500))

  @Test func aRequestIsLengthAndTexts() throws {
    let bytes = try #require(request.bytes)
    let body = "1500\0/bin/x\02\010.0.0.1\0\0A=1=2\0B=\0"
    #expect(bytes == [0, 0, 0, UInt8(body.utf8.count)] + Array(body.utf8))
    #expect(ProgramRequest(Array(bytes.dropFirst(4))) == request)
  }

  @Test(arguments: ProgramReply.Outcome.allCases) func aReplyIsAWordAndAText(outcome: ProgramReply.Outcome) throws {
    let reply = ProgramReply(outcome, "connected, größer")
    #expect(ProgramReply(Array(try #require(reply.bytes).dropFirst(4))) == reply)
  }

  @Test func whatWouldNotArriveIsNotSent() {
    var request = request
    request.arguments = ["a\0b"]
    #expect(request.bytes == nil)
    request.arguments = [String(repeating: "x", count: ProgramRequest.bytesMax)]
    #expect(request.bytes == nil)
  }

  @Test(
    arguments: [
      "", "\0", "1\0/x\0", "1\0/x\01\0", "1\0/x\0-1\0", "x\0/x\00\0", "0\0/x\00\0", "1\0\00\0", "1\0/x\00\0A\0",
      "1\0/x\00\0=b\0", "1\0/x\00", "99999999999999999999\0/x\00\0",
    ])
  func anythingElseIsNoRequest(text: String) {
    #expect(ProgramRequest(Array(text.utf8)) == nil)
  }

  @Test func mutatedRequestsAreReadOrRefused() throws {
    var random = SystemRandomNumberGenerator()
    let bytes = Array(try #require(request.bytes).dropFirst(4))
    for _ in 0..<20_000 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        mutated[Int.random(in: mutated.indices, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
      }
      if let read = ProgramRequest(mutated) { #expect(read.timeout > .zero && !read.program.isEmpty) }
      _ = ProgramReply(mutated)
    }
  }
}
