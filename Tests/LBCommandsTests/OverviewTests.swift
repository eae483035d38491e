import ControlAPI
import Synchronization
import Testing

@testable import LBCommands

@Suite struct OverviewTests {
  private func lines(_ overview: Overview, _ display: Display, showsBytes: Bool = false) -> [String] {
    OverviewText(overview: overview, now: Samples.now, showsBytes: showsBytes).lines(on: display)
  }

  @Test func bytesAreShownToo() {
    #expect(
      lines(Samples.busyOverview, Display(), showsBytes: true).joined(separator: "\n") == """
          SERVER            ADDRESS       WEIGHT  ACTIVE  INACTIVE  NEW/S    IN/S   OUT/S  STATUS
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,2099,50000-60000  dr  wlc
          ● RomexisServer1  10.10.90.201     100       0         2      3  3.0 kB  2.0 kB  up: connected to port 1099 in 0.4 ms
          ○ fallback        10.10.90.202                                                   stands by
        """)
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"), (999_499, "999 kB"),
      (999_500, "1.0 MB"), (12_345_678, "12 MB"), (.max, "18447 PB"),
    ] as [(UInt64, String)])
  func counts(bytes: UInt64, text: String) {
    #expect(Words.bytes(bytes) == text)
  }

  /// No line is longer than the terminal, down to what cannot be less.
  @Test(arguments: 44...200) func everyLineFits(width: Int) {
    for overview in [Samples.busyOverview, Samples.richOverview] {
      var overview = overview
      overview.warnings = []
      for line in lines(overview, Display(width: width), showsBytes: true) {
        #expect(line.count <= width, "\(line)")
      }
    }
  }

  /// The reason why a server is down is worth more than counts and addresses.
  @Test func narrowTerminalsLeaveColumnsOut() {
    var overview = Samples.richOverview
    overview.warnings = []
    #expect(
      lines(overview, Display(width: 60)).joined(separator: "\n") == """
          SERVER            WEIGHT  ACTIVE  STATUS
        ● RomexisVIP  green  10.10.90.199 tcp 104,1099,209…  dr  wlc
          ● RomexisServer1     100       0  up: connected to port 1…
          ○ fallback                        stands by
        ● Mail  red  mark 7 inet6  nat  rr
          ● a                    1      12  down for 1 min 5 s: con…
          ● b                 halt       0  unchecked
          ○ fallback                        serves
        """)
  }

  @Test func nobodyChecksTheServersOfADisabledService() {
    var overview = Samples.richOverview
    overview.services.removeLast()
    overview.services[0].servers[0].health = .unknown
    overview.services[0].servers[0].since = nil
    overview.services[0].servers[0].lastCheck = nil
    #expect(lines(overview, Display())[2].hasSuffix("  not checked"))
  }

  @Test func isSortedAsAsked() {
    var overview = Samples.richOverview
    var third = Samples.romexis
    (third.label, third.status) = ("Archive", .blue)
    overview.services.append(third)
    func labels(_ order: OverviewOrder) -> [String] { overview.sorted(by: order).services.map(\.label) }
    #expect(labels(.file) == ["RomexisVIP", "Mail", "Archive"])
    #expect(labels(.label) == ["Archive", "Mail", "RomexisVIP"])
    #expect(labels(.status) == ["Mail", "RomexisVIP", "Archive"])
    overview.services[1].servers.reverse()
    #expect(overview.services[1].servers.map(\.label) == ["b", "a"])
    #expect(overview.sorted(by: .status).services[0].servers.map(\.label) == ["a", "b"])
    #expect(overview.sorted(by: .label).services[1].servers.map(\.label) == ["a", "b"])
  }

  @Test func coloursNeedATerminalThatWantsThem() {
    func hasColors(_ environment: [String: String], isTerminal: Bool = true) -> Bool {
      Display.output(environment: environment, isTerminal: isTerminal, measure: { nil }).hasColors
    }
    #expect(hasColors(["TERM": "xterm"]) && hasColors(["TERM": "xterm", "NO_COLOR": ""]))
    #expect(!hasColors(["TERM": "xterm", "NO_COLOR": "1"]))
    #expect(!hasColors(["TERM": "dumb"]))
    #expect(!hasColors(["TERM": "xterm"], isTerminal: false))
    let pipe = Display.output(environment: [:], isTerminal: false, measure: { (10, 10) })
    #expect(pipe.width == nil && pipe.measured().width == nil)
  }

  /// Each frame in one piece over the one before, never longer than the terminal, in its size of that moment.
  @Test func framesAreDrawnOverEachOther() {
    let drawn = Mutex<[String]>([])
    let size = Mutex((width: 80, height: 24))
    var session = Session(
      client: ControlClient(socketPath: "/nowhere"),
      display: Display.output(
        environment: ["TERM": "xterm", "NO_COLOR": "1"], isTerminal: true, measure: { size.withLock(\.self) }),
      console: Console(output: { _ in }, error: { _ in }, draw: { text in drawn.withLock { $0.append(text) } }),
      printsJSON: false, now: { Samples.now }, pause: { _ in })
    let frame: (Display) -> [String] = { ["width \($0.width ?? 0)", "two", "three", "four"] }
    Screen(session: session).show(Samples.plan, frame)
    size.withLock { $0 = (20, 4) }
    Screen(session: session).show(Samples.plan, frame)
    let (start, end, rest) = ("\u{1B}[?7l\u{1B}[H", "\u{1B}[J\u{1B}[?7h", "\u{1B}[K\n")
    #expect(
      drawn.withLock(\.self) == [
        "\(start)width 80\(rest)two\(rest)three\(rest)four\(rest)\(end)",
        "\(start)width 20\(rest)two\(rest)… and 2 more lines\(rest)\(end)",
      ])
    session.printsJSON = true
    Screen(session: session).show(Samples.plan, frame)
    #expect(drawn.withLock(\.count) == 2)
  }
}
