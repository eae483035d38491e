public import ControlAPI
import Glibc

/// What the output is shown on.
public struct Display: Sendable {
  /// In characters; nil where lines are never cut, as in a file or a pipe.
  public var width: Int?
  /// In lines; nil where there is no end.
  public var height: Int?
  public var hasColors: Bool
  /// Whether text can be drawn over.
  public var isTerminal: Bool
  /// Seconds east of UTC at a moment.
  public var secondsFromUTC: @Sendable (Timestamp) -> Int64
  /// The size of the terminal as it is now; nil where there is none.
  var measure: @Sendable () -> (width: Int, height: Int)? = { nil }

  public init(
    width: Int? = nil, height: Int? = nil, hasColors: Bool = false, isTerminal: Bool = false,
    secondsFromUTC: @escaping @Sendable (Timestamp) -> Int64 = { _ in 0 }
  ) {
    self.width = width
    self.height = height
    self.hasColors = hasColors
    self.isTerminal = isTerminal
    self.secondsFromUTC = secondsFromUTC
  }

  /// The standard output of this process, with the time zone of the user.
  public static func standardOutput(environment: [String: String]) -> Display {
    output(environment: environment, isTerminal: isatty(STDOUT_FILENO) == 1, measure: windowSize)
  }

  /// `NO_COLOR` (no-color.org) and `TERM=dumb` switch colours off.
  static func output(
    environment: [String: String], isTerminal: Bool, measure: @escaping @Sendable () -> (width: Int, height: Int)?
  ) -> Display {
    let isTerminal = isTerminal && environment["TERM"] != "dumb"
    var display = Display(
      hasColors: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
      isTerminal: isTerminal,
      secondsFromUTC: { moment in
        var (seconds, parts) = (time_t(moment.seconds), unsafe tm())
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int64(parts.tm_gmtoff)
      })
    guard isTerminal else { return display }
    display.width = 80
    display.measure = measure
    return display.measured()
  }

  /// The same, with the terminal's size of now.
  func measured() -> Display {
    guard let size = measure() else { return self }
    var display = self
    (display.width, display.height) = (size.width, size.height)
    return display
  }

  @Sendable private static func windowSize() -> (width: Int, height: Int)? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

extension Display {
  /// `2026-11-20 10:00:00` in the time zone of the display.
  func time(_ moment: Timestamp) -> String {
    let local = Timestamp(seconds: moment.seconds + secondsFromUTC(moment)).description
    return local.replacing("T", with: " ").replacing("Z", with: "")
  }

  func paint(_ text: String, _ color: Color?) -> String {
    guard hasColors, let color, !text.isEmpty else { return text }
    return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
  }
}

/// Colours by their numbers in ECMA-48, section 8.3.117 (SGR).
enum Color: Int, Hashable, Sendable {
  case bold = 1
  case faint = 2
  case red = 31
  case green = 32
  case yellow = 33
  case blue = 34
}

extension Color {
  init(_ status: StatusColor) {
    self =
      switch status {
      case .green: .green
      case .yellow: .yellow
      case .red: .red
      case .blue: .blue
      }
  }
}
