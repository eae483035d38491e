import ControlAPI
import Diagnosis
import Director
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import LBDaemon

/// lbd's figures as the distribution's Prometheus understands them, with the dashboard, the rules and the ways to it
/// that lbd ships.
@Suite(.timeLimit(.minutes(3))) struct PrometheusTests {
  private static let text = ReloaderFixture.text.replacing(
    "<real-server", with: #"<fallback address="10.0.0.99"/><real-server"#
  ).replacing(#"ports="80""#, with: #"ports="80" suspect="yes""#)

  private static func shipped(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "Config/" + name), encoding: .utf8)
  }

  /// The queries of the dashboard as Grafana sends them for all services.
  private static func queries() throws -> [String] {
    let dashboard = try JSONSerialization.jsonObject(with: Data(shipped("grafana/lbd.json").utf8))
    let panels = (dashboard as? [String: Any])?["panels"] as? [[String: Any]] ?? []
    let targets = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }
    return targets.compactMap { $0["expr"] as? String }.map {
      $0.replacing("$service", with: ".*").replacing("$__rate_interval", with: "1m")
    }
  }

  /// The expressions of the alerts.
  private static func alerts() throws -> [String] {
    try shipped("prometheus/lbd.rules.yml").split(separator: "\n").compactMap { line in
      line.wholeMatch(of: /\ *expr: (.+)/).map { String($0.1) }
    }
  }

  /// Runs lbd with something of everything to tell.
  private func running(_ body: (ReloaderFixture) async throws -> Void) async throws {
    try await ReloaderFixture.running { fixture in
      try fixture.write(Self.text)
      _ = try await fixture.reloader.reload(reason: "test")
      await fixture.director.note(mistakes: [
        Mistake(code: "wrong-gateway", service: "Web", server: "a", evidence: "seen")
      ])
      try await body(fixture)
    }
  }

  @Test func everyNameOfDashboardAndRulesIsThere() async throws {
    try await running { fixture in
      let metrics = try await fixture.control.metrics()
      let families = metrics.matches(of: /# TYPE (\S+) (\S+)\n/)
      let samples = families.flatMap { family -> [String] in
        let name = String(family.1)
        return family.2 == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
      }
      let (queries, alerts) = (try Self.queries(), try Self.alerts())
      #expect(queries.count > 30 && alerts.count > 10)
      for query in queries + alerts {
        for name in query.matches(of: /lbd_[a-z_]+/).map({ String($0.output) }) {
          #expect(samples.contains(name), "\(name) in \(query)")
        }
      }
      // Nothing is exposed that the dashboard hides, but for what a whole dashboard need not show.
      let used = Set((queries + alerts).flatMap { $0.matches(of: /lbd_[a-z_]+/).map { String($0.output) } })
      let unused = families.map { String($0.1) }.filter { !used.contains($0) && !used.contains($0 + "_bucket") }
      #expect(unused == ["lbd_server_inactive_connections"])
    }
  }

  @Test func checksAndChangesAreCounted() async throws {
    try await running { fixture in
      var metrics = ""
      for _ in 0..<600 where !metrics.contains("status=\"green\"} 1\n") {
        try await Task.sleep(for: .milliseconds(50))
        metrics = try await fixture.control.metrics()
      }
      let server = #"service="Web",server="a""#
      #expect(metrics.contains(/lbd_server_checks_total{service="Web",server="a",result="passed"} [1-9]/), "\(metrics)")
      #expect(metrics.contains("lbd_server_checks_total{\(server),result=\"failed\"} 0\n"))
      #expect(metrics.contains("lbd_server_suspicions_total{\(server),result=\"passed\"} 0\n"))
      #expect(metrics.contains("lbd_server_changes_total{\(server)} 1\n"))
      #expect(metrics.contains("lbd_service_status{service=\"Web\",status=\"red\"} 0\n"))
      #expect(metrics.contains("lbd_configuration_reloads_total{result=\"applied\"} 2\n"))
      #expect(metrics.contains("lbd_configuration_reload_duration_seconds_count 2\n"))
      #expect(metrics.contains("lbd_events_total{kind=\"configuration\"} 2\n"))
      #expect(metrics.contains("lbd_server_bytes_total{\(server),direction=\"in\"} 7000\n"))
      #expect(metrics.contains("lbd_findings{code=\"wrong-gateway\",\(server)} 1\n"))
      try fixture.write("<nonsense/>")
      _ = try? await fixture.reloader.reload(reason: "test")
      metrics = try await fixture.control.metrics()
      #expect(metrics.contains("lbd_configuration_reloads_total{result=\"refused\"} 1\n"))
      #expect(metrics.contains("lbd_configuration_errors 1\n"))
    }
  }

  @Test func promtoolHasNothingToSay() async throws {
    try await running { fixture in
      try await APIFixture.withDirectory { directory in
        let file = directory + "/metrics"
        try await fixture.control.metrics().write(toFile: file, atomically: true, encoding: .utf8)
        #expect(
          try await output(of: "promtool check metrics <\(file) 2>&1; echo status $?", in: directory) == "status 0\n")
        try Self.shipped("prometheus/lbd.rules.yml").write(
          toFile: directory + "/lbd.rules.yml", atomically: true, encoding: .utf8)
        let rules = try await output(of: "promtool check rules \(directory)/lbd.rules.yml 2>&1", in: directory)
        #expect(rules.contains("SUCCESS: \(try Self.alerts().count) rules found"), "\(rules)")
      }
    }
  }

  @Test func prometheusAnswersEveryQueryOfTheDashboard() async throws {
    try await running { fixture in
      try await APIFixture.serve(fixture.control, access: .read) { socket in
        let directory = (socket as NSString).deletingLastPathComponent
        let ports = try [Self.freePort(), Self.freePort()]
        let nginx = try startNginx(in: directory, port: ports[0], socket: socket)
        let prometheus = try startPrometheus(in: directory, port: ports[1], target: ports[0])
        defer {
          nginx.kill9()
          prometheus.kill9()
        }
        func answers(_ query: String) async throws -> Bool {
          let quoted = "'" + query.replacing("'", with: "'\\''") + "'"
          let answer = try await output(
            of: "promtool query instant http://127.0.0.1:\(ports[1]) \(quoted) 2>&1", in: directory)
          return answer.contains(" => ")
        }
        var open =
          try Self.queries() + [#"up{job="lbd"} == 1"#, #"ALERTS{alertname="LbdFinding",alertstate="firing"}"#]
        for _ in 0..<300 where !open.isEmpty {
          try #require(!nginx.isOver && !prometheus.isOver, "\(nginx.output) \(prometheus.output)")
          var unanswered: [String] = []
          for query in open where try await !answers(query) { unanswered.append(query) }
          open = unanswered
          if !open.isEmpty { try await Task.sleep(for: .milliseconds(300)) }
        }
        #expect(open == [], "\(nginx.output) \(prometheus.output)")
        // The way is for figures alone.
        #expect(
          try await output(of: "promtool query labels http://127.0.0.1:\(ports[0]) x 2>&1", in: directory)
            .contains("404"))
      }
    }
  }

  private func startNginx(in directory: String, port: UInt16, socket: String) throws -> ServerProcess {
    let site = try Self.shipped("prometheus/lbd-metrics.nginx")
      .replacing("127.0.0.1:9629", with: "127.0.0.1:\(port)").replacing("/run/lbd/control.sock", with: socket)
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(directory)/\($0);" }
    let configuration = """
      daemon off; worker_processes 1; pid \(directory)/nginx.pid; error_log stderr;
      events { worker_connections 64; }
      http { access_log off; \(temporary.joined(separator: " "))
      \(site)
      }
      """
    try configuration.write(toFile: directory + "/nginx.conf", atomically: true, encoding: .utf8)
    return try ServerProcess(
      ["/usr/sbin/nginx", "-c", directory + "/nginx.conf", "-e", "stderr"], outputPath: directory + "/nginx.log")
  }

  private func startPrometheus(in directory: String, port: UInt16, target: UInt16) throws -> ServerProcess {
    try Self.shipped("prometheus/lbd.rules.yml").write(
      toFile: directory + "/lbd.rules.yml", atomically: true, encoding: .utf8)
    let configuration =
      try "global: {evaluation_interval: 500ms}\n"
      + Self.shipped("prometheus/prometheus.yml").replacing("127.0.0.1:9629", with: "127.0.0.1:\(target)")
      .replacing("/usr/share/lbd/prometheus", with: directory).replacing("interval: 15s", with: "interval: 500ms")
    try configuration.write(toFile: directory + "/prometheus.yml", atomically: true, encoding: .utf8)
    return try ServerProcess(
      [
        "/usr/bin/prometheus", "--config.file=\(directory)/prometheus.yml", "--storage.tsdb.path=\(directory)/data",
        "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
      ], outputPath: directory + "/prometheus.log")
  }

  /// What a shell's command line prints, within a bound of time.
  private func output(of command: String, in directory: String) async throws -> String {
    let path = directory + "/output-\(UInt64.random(in: 0 ... .max))"
    let process = try ServerProcess(["/bin/sh", "-c", command], outputPath: path)
    for _ in 0..<6000 where !process.isOver { try await Task.sleep(for: .milliseconds(10)) }
    #expect(process.isOver, "\(command)")
    return process.output
  }

  private static func freePort() throws -> UInt16 {
    let listening = OwnedDescriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listening.rawValue, $0, length) == 0 && getsockname(listening.rawValue, $0, &length) == 0
      }
    }
    try #require(isBound)
    return UInt16(bigEndian: address.sin_port)
  }
}
