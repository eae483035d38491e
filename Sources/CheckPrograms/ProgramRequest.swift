/// A program to run: what lbd asks of the helper, one on each connection.
///
/// On the wire: four bytes of length in network order, then texts of UTF-8, each ended by a zero: milliseconds,
/// program, the number of arguments, the arguments, and `NAME=VALUE` for each variable.
public struct ProgramRequest: Hashable, Sendable {
  /// The bytes of a request without its length.
  public static let bytesMax = 256 << 10

  public var program: String
  public var arguments: [String]
  public var environment: [String: String]
  /// After which the program and all that it started are ended.
  public var timeout: Duration

  public init(program: String, arguments: [String], environment: [String: String], timeout: Duration) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.timeout = timeout
  }

  /// nil for a request that is too long, or whose texts hold a zero.
  public var bytes: [UInt8]? {
    let milliseconds = timeout / .milliseconds(1)
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return WireTexts.encode(
      [String(Int(milliseconds)), program, String(arguments.count)] + arguments + variables, bytesMax: Self.bytesMax)
  }

  /// Reads a request without its length; nil for anything else.
  public init?(_ bytes: [UInt8]) {
    guard let texts = WireTexts.decode(bytes), texts.count >= 3, let milliseconds = Int(texts[0]),
      (1...86_400_000).contains(milliseconds), !texts[1].isEmpty, let count = Int(texts[2]), count >= 0,
      texts.count - 3 >= count
    else { return nil }
    var environment: [String: String] = [:]
    for variable in texts[(3 + count)...] {
      guard let equals = variable.firstIndex(of: "="), equals != variable.startIndex else { return nil }
      environment[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
    }
    self.init(
      program: texts[1], arguments: Array(texts[3..<(3 + count)]), environment: environment,
      timeout: .milliseconds(milliseconds))
  }
}

/// How a program ended: the helper's answer, in the form of ``ProgramRequest``: a word and a text.
public struct ProgramReply: Hashable, Sendable {
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// Exit status 0.
    case passed
    /// Any other end.
    case failed
    /// It could not be started.
    case notRun = "not-run"
  }

  /// The bytes of a reply without its length.
  public static let bytesMax = 16 << 10

  public var outcome: Outcome
  public var message: String

  public init(_ outcome: Outcome, _ message: String) {
    self.outcome = outcome
    self.message = message
  }

  public var bytes: [UInt8]? { WireTexts.encode([outcome.rawValue, message], bytesMax: Self.bytesMax) }

  /// Reads a reply without its length; nil for anything else.
  public init?(_ bytes: [UInt8]) {
    guard let texts = WireTexts.decode(bytes), texts.count == 2, let outcome = Outcome(rawValue: texts[0]) else {
      return nil
    }
    self.init(outcome, texts[1])
  }
}

/// Texts that end with a zero, behind their length.
enum WireTexts {
  static func encode(_ texts: [String], bytesMax: Int) -> [UInt8]? {
    var bytes: [UInt8] = [0, 0, 0, 0]
    for text in texts {
      guard !text.utf8.contains(0) else { return nil }
      bytes += text.utf8
      bytes.append(0)
    }
    let length = bytes.count - 4
    guard length <= bytesMax else { return nil }
    for place in 0..<4 { bytes[place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * place)) }
    return bytes
  }

  static func decode(_ bytes: [UInt8]) -> [String]? {
    guard bytes.last == 0 else { return nil }
    return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
