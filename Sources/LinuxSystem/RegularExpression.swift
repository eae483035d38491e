import Glibc

/// A POSIX extended regular expression over bytes, regex(7).
///
/// The C library's, because its time grows with the text alone: what a server sends can never make a match take long.
/// Back references, which would, are refused. Beside POSIX there are `\d \D \w \W \s \S \b`, the escapes of control
/// characters `\n \r \t \f \v` and `\xHH`; `.` matches line ends too.
@safe public final class RegularExpression: @unchecked Sendable {
  /// Never changed once compiled, and regexec(3) is safe in several threads.
  private let compiled: UnsafeMutablePointer<regex_t>

  /// Why a pattern is none.
  public struct Fault: Error, Hashable, Sendable {
    /// Follows the pattern in a message: `has an unmatched (`.
    public let reason: String
  }

  /// - Throws: ``Fault`` when the pattern has a mistake or asks for what POSIX expressions don't have.
  public init(_ pattern: String) throws(Fault) {
    let translated = try RegularExpressionSyntax.translate(Array(pattern.utf8))
    // By itself first, so that a bracket too many does not pair with those around it.
    unsafe Self.release(try Self.compile(translated))
    // Bound to the text's start, the C library looks from there alone; otherwise its time would grow with the square.
    unsafe compiled = try Self.compile(Array("\\`([^a]|a)*(".utf8) + translated + [UInt8(ascii: ")")])
  }

  deinit { unsafe Self.release(compiled) }

  /// Whether the expression matches anywhere in these bytes.
  public func matches(_ bytes: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(clamping: buffer.count))
      // A pointer to nothing stands for no bytes.
      guard let start = unsafe buffer.assumingMemoryBound(to: CChar.self).baseAddress else {
        return unsafe regexec(compiled, "", 0, nil, 0) == 0
      }
      return unsafe regexec(compiled, start, 0, &range, REG_STARTEND) == 0
    }
  }

  private static func compile(_ pattern: [UInt8]) throws(Fault) -> UnsafeMutablePointer<regex_t> {
    let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
    unsafe expression.initialize(to: regex_t())
    let terminated = pattern.map { CChar(bitPattern: $0) } + [0]
    let code = unsafe regcomp(expression, terminated, REG_EXTENDED | REG_NOSUB)
    guard code != 0 else { return unsafe expression }
    var text = [CChar](repeating: 0, count: 128)
    _ = unsafe regerror(code, expression, &text, text.count)
    unsafe expression.deallocate()
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw Fault(reason: "is no regular expression: \(words)")
  }

  private static func release(_ expression: UnsafeMutablePointer<regex_t>) {
    unsafe regfree(expression)
    unsafe expression.deallocate()
  }
}
