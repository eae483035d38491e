import TestSupport
import Testing

@testable import LBConfiguration

/// Files that are nearly right: each becomes a configuration that loads, or is refused with its line.
@Suite struct ImportMutationTests {
  private static let sources: [(ConfigurationImport.Kind, String)] = [
    (
      .ipvsadm,
      "-A -t 192.0.2.1:80 -s rr -p 5 -M 255.255.0.0\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3\n-A -f 7 -o -6\n"
    ),
    (
      .keepalived,
      "virtual_server 192.0.2.1 80 {\n delay_loop 6\n lb_kind DR\n real_server 10.0.0.1 80 {\n weight 3\n HTTP_GET {\n"
        + " url {\n path /\n status_code 200\n }\n }\n }\n sorry_server ::1 80\n}\nvrrp_instance x {\n interface e\n"
        + " virtual_ipaddress {\n 192.0.2.1/24\n }\n}\n"
    ),
    (
      .ldirectord,
      "checktimeout=3\nvirtual=192.0.2.1:80\n\treal=10.0.0.2->10.0.0.4:80 masq 5 \"a\", \"b\"\n\tservice=http\n"
        + "\tpersistent=600\n\trequest=\"index.html\"\n\tfallback=127.0.0.1:80 gate\n"
    ),
  ]
  private static let pieces = [
    "\"", "{", "}", "\n", "--", "$A=$A", "@x ", "!", "999999", "[::1]:80", "->", "\t", "<&>", "-",
  ]

  @Test(arguments: ConfigurationImport.Kind.allCases) func everyMutantIsTakenOrRefused(kind: ConfigurationImport.Kind) {
    let seed = UInt64.random(in: .min ... .max)
    print("import seed \(seed)")
    var generator = SplitMix64(state: seed)
    let source = Array(Self.sources.first { $0.0 == kind }?.1.utf8 ?? "".utf8)
    for _ in 0..<300 {
      var bytes = source
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 0...12, using: &generator))
        bytes.replaceSubrange(start..<end, with: Array((Self.pieces.randomElement(using: &generator) ?? "").utf8))
        if bytes.isEmpty { bytes = [0] }
      }
      do throws(ConfigurationErrors) {
        let imported = try ConfigurationImport(bytes, kind: kind, file: "x")
        if case .failure(let errors) = ConfigurationLoader.load(files: [file(imported.text)]) {
          Issue.record("seed \(seed): \(errors)\n\(String(decoding: bytes, as: UTF8.self))\n\(imported.text)")
        }
      } catch {
        #expect(error.problems.allSatisfy { ($0.line ?? 0) > 0 })
      }
    }
  }
}
