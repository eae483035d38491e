import ControlAPI
import Foundation
import Testing

extension InTheLab {
  @Suite struct EventTests {
    @Test func eventsOutliveARestart() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        try await cluster.comesUp()
        let label = WebCluster.labels[0]
        try await cluster.lbd.does("halt", "HTTP-Cluster", label)
        try await cluster.lbd.kill9()
        try await cluster.lbd.start()
        try await cluster.lbd.does("online", "HTTP-Cluster", label)
        #expect(try await cluster.lbd.stop() == 0)
        try await cluster.lbd.start()
        let events = try await ControlClient(socketPath: cluster.lbd.socketPath).events().events
        #expect(events.map(\.id) == events.map(\.id).sorted() && Set(events.map(\.id)).count == events.count)
        let words = events.filter { $0.kind == .operator && $0.server == label }
        #expect(words.map(\.state) == ["halt", "online"] && words.allSatisfy { $0.user == "root" }, "\(words)")
        let ups = events.filter { $0.kind == .health && $0.state == "up" && $0.server == WebCluster.labels[1] }
        #expect(ups.count == 1, "it stayed up over both restarts: \(ups)")
        let daemon = events.filter { $0.kind == .daemon }.map { $0.message.prefix(8) }
        #expect(daemon.filter { $0 == "lbd ends" }.count == 1, "once it was killed: \(daemon)")

        // One line each, for people too.
        let text = try await cluster.lbd.does("events")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count == events.count)
        #expect(text.contains("HTTP-Cluster/\(label): online → halt (by root)"))
      }
    }

    /// By a helper that has become `nobody`, in the order of what happened.
    @Test func theNotifyProgramIsTold() async throws {
      try await withNetwork { network in
        let (script, told) = (network.path("tell"), network.path("told"))
        try "#!/bin/sh\necho \"$* by $(id -un)\" >>\(told)\n".write(toFile: script, atomically: false, encoding: .utf8)
        try "".write(toFile: told, atomically: false, encoding: .utf8)
        for (path, rights) in [(script, 0o755), (told, 0o666)] {
          try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: path)
        }
        let configuration = WebCluster.configuration()
          .replacing("<global>", with: #"<global><notify command="\#(script)"/>"#)
        let cluster = try await WebCluster(network, configuration: configuration)
        try await cluster.comesUp()
        for label in WebCluster.labels { try await cluster.lbd.does("halt", "HTTP-Cluster", label) }
        let expected =
          WebCluster.labels.map { "operator HTTP-Cluster \($0) halt by nobody" } + [
            "service HTTP-Cluster  blue by nobody"
          ]
        try await eventually("the program is told of all") {
          let lines = try String(contentsOfFile: told, encoding: .utf8).split(separator: "\n").map(String.init)
          let halts = lines.filter { $0.hasPrefix("operator") || $0.hasSuffix("blue by nobody") }
          let ups = lines.filter { $0.hasPrefix("health") && $0.hasSuffix("up by nobody") }
          return halts == expected && ups.count == 3 ? true : nil
        }
      }
    }
  }
}
