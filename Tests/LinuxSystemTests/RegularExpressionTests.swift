import Testing

@testable import LinuxSystem

@Suite struct RegularExpressionTests {
  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    try RegularExpression(pattern).matches(Array(text.utf8))
  }

  @Test(
    arguments: [
      ("ok", "it is ok", true), ("^ok$", "ok", true), ("^ok$", "not ok", false), ("^ok", "x\nok", false),
      ("a.c", "a\nc", true), ("\\d+", "port 80", true), ("\\d+", "ddd", false), ("\\D", "7", false),
      ("a\\nb", "a\nb", true), ("a\\nb", "anb", false), ("\\x41\\x2e", "A.", true), ("\\x2e", "x", false),
      ("[\\d.]+x", "1.2x", true), ("[\\w-]+@", "a-b@", true), ("[]x]", "]", true), ("[^]x]", "]", false),
      ("[[:digit:]]", "7", true), ("a|b", "b", true), ("(up|ready) [0-9]{1,3}%", "ready 75%", true),
      ("a\\.b", "axb", false),
      ("x*", "", true), ("x", "", false), ("\\bup\\b", "is up.", true), ("\\$", "$", true),
    ] as [(String, String, Bool)])
  func isWhatPeopleMean(pattern: String, text: String, expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test(arguments: ["(", "a)", "a)|(b", "[a", "(?:a)", "(a)\\1", "\\q", "a\\", "\\x4", "[\\]]", "a{2,1}", "\0"])
  func isRefused(pattern: String) {
    #expect(throws: RegularExpression.Fault.self) { try RegularExpression(pattern) }
  }

  @Test func anyBytesCanBeLookedThrough() throws {
    #expect(try RegularExpression("b").matches([0, 0xFF, 0x0A, 0x62]))
    #expect(try RegularExpression("\\xff").matches([0, 0xFF]))
    #expect(try !RegularExpression("b$").matches([0x62, 0]))
  }

  /// The square of 65,536 steps would take minutes.
  @Test(.timeLimit(.minutes(5))) func timeGrowsWithTheTextAlone() throws {
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
    for pattern in ["x.*y", "(x+x+)+y", "(x|xx)*y", "x*x*x*x*y"] {
      #expect(try !RegularExpression(pattern).matches(text))
    }
  }
}
