import LinuxSystem
import LoadBalancing

/// Looks for what a check expects.
struct Matcher {
  private enum Way {
    case text([UInt8])
    case regex(RegularExpression)
    case never(String)
  }

  private let way: Way
  /// For messages: `'OK'`.
  let description: String

  init(_ expectation: Expectation) {
    switch expectation {
    case .text(let bytes):
      way = .text(bytes)
      description = Presentable.quote(bytes)
    case .regex(let pattern):
      description = "a match of \(Presentable.quote(pattern.utf8))"
      do throws(RegularExpression.Fault) {
        way = .regex(try RegularExpression(pattern))
      } catch {
        way = .never(error.reason)
      }
    }
  }

  /// Whether it is worth looking before everything has come: a match stays one whatever follows.
  var looksEarly: Bool { if case .text = way { true } else { false } }

  func matches(_ bytes: [UInt8]) -> Bool {
    switch way {
    case .text(let text): bytes.contains(text)
    case .regex(let expression): expression.matches(bytes)
    case .never: false
    }
  }
}
