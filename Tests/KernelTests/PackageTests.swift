import ControlAPI
import Foundation
import Testing

/// The Debian package under systemd; `Scripts/test` builds it and boots systemd for it.
@Suite(.serialized, .enabled(if: InstalledLoadBalancer.package != nil, "needs the package and systemd: Scripts/test"))
struct PackageTests {
  @Test func freshInstallServesWithTheFirstCommands() async throws {
    try await withInstalledPackage { cluster in
      let lbd = cluster.lbd
      #expect(try await lbd.run("systemctl", "is-active", "lbd") == "active\n")
      #expect(try await lbd.journal().contains("no virtual service is configured"))
      #expect(try await lbd.result("lbctl", "overview").exitCode == 0)

      try await cluster.makesItsFirstService()
      #expect(try await cluster.answers(to: 4) == ["a": 2, "b": 2])
      #expect(try await lbd.rights(of: "/etc/lbd/lbd.xml") == "lbd:lbd-admin 660")
      #expect(try await lbd.rights(of: "/etc/lbd") == "lbd:lbd-admin 2770")
      #expect(try await lbd.rights(of: "/var/lib/lbd") == "lbd:lbd 700")

      // What events are about is in fields of the journal, and no line stands there twice.
      let ups = try await lbd.run(
        "journalctl", "--unit=lbd", "--no-pager", "--output=cat", "SERVICE=Web", "SERVER=a", "EVENT=health", "STATE=up")
      #expect(ups.hasPrefix("Web: a: up: ") && ups.split(separator: "\n").count == 1, "\(ups)")
      let journal = try await lbd.journal()
      #expect(journal.split(separator: "\n").filter { $0.contains("serves, control socket") }.count == 1, "\(journal)")
      #expect(journal.contains("configuration applied (edit): ") && journal.contains(" (by root)"))
      #expect(!journal.contains("errno="), "\(journal)")

      let bundle = "/run/lbd-bundle.tar.gz"
      try await lbd.run("lbctl", "support-bundle", "--output", bundle)
      #expect(try await lbd.run("tar", "-xzOf", bundle, "lbd-support/log.txt").contains("no virtual service"))
      #expect(try await lbd.run("tar", "-xzOf", bundle, "lbd-support/ipvs.txt").contains("RemoteAddress:Port"))
    }
  }

  @Test func upgradeAndReloadsLoseNoConnection() async throws {
    try await withInstalledPackage { cluster in
      let lbd = cluster.lbd
      try await cluster.makesItsFirstService()
      let stream = try cluster.stream(rate: 20, held: 200)
      try await stream.reaches("200 held") { $0.held.values.reduce(0, +) == 200 }
      try await stream.goesOn(for: 20)
      let (before, table) = (try await lbd.processID(), try await lbd.table())

      try await lbd.install(try await lbd.newerPackage())
      try await eventually("another process answers") {
        let now = try? await lbd.processID()
        return now != nil && now != before ? true : nil
      }
      try await lbd.isGreen("Web")
      try await stream.goesOn(for: 40)
      #expect(try await lbd.table() == table)

      #expect(try await lbd.result("systemctl", "reload", "lbd").exitCode == 0)
      let broken = "/etc/lbd/conf.d/50-broken.xml"
      try "<load-balancer>\n  <virtual-servce/>\n</load-balancer>\n".write(
        toFile: broken, atomically: true, encoding: .utf8)
      #expect(try await lbd.result("systemctl", "reload", "lbd").exitCode != 0)
      #expect(try await lbd.journal().contains("\(broken):2: "))
      #expect(try await lbd.result("/usr/sbin/lbd", "--check").exitCode == 2)
      try FileManager.default.removeItem(atPath: broken)
      #expect(try await lbd.result("systemctl", "reload", "lbd").exitCode == 0)

      try await stream.goesOn(for: 40)
      let end = try await stream.end()
      #expect(end.failures == 0)
      #expect(end.held.values.reduce(0, +) == 200)
    }
  }

  @Test func aHungProcessIsRestarted() async throws {
    try await withInstalledPackage(settings: "WatchdogSec=6") { cluster in
      try await cluster.makesItsFirstService()
      let stream = try cluster.stream(rate: 20, held: 20)
      try await stream.goesOn(for: 20)
      let before = try await cluster.lbd.processID()
      _ = try await cluster.lbd.run("kill", "-STOP", "\(before)")
      try await eventually("another process answers") {
        let status = try? await ControlClient(timeLimit: .seconds(2)).status()
        return status.map { $0.pid != before } == true ? true : nil
      }
      try await cluster.lbd.isGreen("Web")
      try await stream.goesOn(for: 40)
      let end = try await stream.end()
      #expect(end.failures == 0)
      #expect(end.held.values.reduce(0, +) == 20)
      #expect(
        try await cluster.lbd.run("systemctl", "show", "lbd", "--property=Result,NRestarts").contains("NRestarts=1"))
    }
  }

  @Test func othersCanDoNothing() async throws {
    try await withInstalledPackage { cluster in
      let lbd = cluster.lbd
      try await cluster.makesItsFirstService()
      let asNobody = ["runuser", "--user", "nobody", "--"]
      for command in ["lbctl overview", "lbctl halt Web a", "lbctl config show"] {
        let words = asNobody + command.split(separator: " ").map(String.init)
        #expect(try await cluster.run(words).exitCode == 5, "\(command)")
      }
      for path in ["/etc/lbd/lbd.xml", "/etc/lbd/conf.d", "/var/lib/lbd", "/var/lib/lbd/state.json"] {
        #expect(try await cluster.run(asNobody + ["ls", path]).exitCode != 0, "\(path)")
        #expect(try await cluster.run(asNobody + ["cat", path]).exitCode != 0, "\(path)")
      }
      // A member of the group `lbd` may look, one of `lbd-admin` may change.
      for (group, code) in [("lbd", 5), ("lbd-admin", 0)] {
        let member = ["runuser", "--user", "nobody", "--group", "nogroup", "--supp-group", group, "--", "lbctl"]
        #expect(try await cluster.run(member + ["overview"]).exitCode == 0, "\(group)")
        #expect(try await cluster.run(member + ["drain", "Web", "a"]).exitCode == Int32(code), "\(group)")
      }
      #expect(try await cluster.answers(to: 2) == ["b": 2])

      // What is not lbd's cannot be edited through it, and nothing is lost.
      try await lbd.run("chown", "root:root", "/etc/lbd/lbd.xml")
      try await lbd.run("chmod", "0644", "/etc/lbd/lbd.xml")
      let refused = try await lbd.result("lbctl", "server", "edit", "Web", "a", "--weight", "50")
      #expect(refused.exitCode == 1)
      #expect(refused.errors.contains("chown lbd:lbd-admin /etc/lbd/lbd.xml"), "\(refused.errors)")
      #expect(try await lbd.rights(of: "/etc/lbd/lbd.xml") == "root:root 644")

      for unit in ["lbd.service", "lbd-checks.service"] {
        try await lbd.run("systemd-analyze", "verify", "--man=no", "/lib/systemd/system/\(unit)")
        let security = try await lbd.result("systemd-analyze", "security", "--no-pager", "--threshold=20", unit)
        #expect(security.exitCode == 0, "\(unit): \(security.output.suffix(300))")
      }
      let capabilities = try await lbd.run("grep", "^Cap", "/proc/\(try await lbd.processID())/status")
      // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13, linux/capability.h.
      for line in capabilities.split(separator: "\n") { #expect(line.hasSuffix("0000000000003000"), "\(line)") }
    }
  }

  /// Ends well only where it can do no harm, and says as whom it ran.
  private static let snoop = """
    #!/bin/sh
    exec 2>/dev/null
    for file in /var/lib/lbd/state.json /etc/lbd/lbd.xml; do
      if cat $file >/dev/null; then echo "$file can be read"; exit 1; fi
    done
    if ipvsadm -Ln; then echo "IPVS can be read"; exit 1; fi
    echo "harmless as $(id -un)"

    """

  @Test func checkProgramsCanDoNothing() async throws {
    try await withInstalledPackage { cluster in
      let path = "/etc/lbd/checks/snoop"
      try Self.snoop.write(toFile: path, atomically: true, encoding: .utf8)
      try await cluster.lbd.run("chmod", "0755", path)
      try await cluster.lbd.run(
        "lbctl",
        "service", "add", "Web", "--address", "192.168.1.100", "--ports", "80", "--check-type", "external",
        "--check-command", "snoop")
      try await cluster.lbd.run("lbctl", "server", "add", "Web", "a", "--address", "192.168.1.110")
      let message = try await eventually("the program's first result") {
        let message = try await ControlClient().overview().services.first?.servers.first?.lastCheck?.message
        // On a busy machine the helper may not be there in time.
        return message.flatMap { $0.hasPrefix("not checked") ? nil : $0 }
      }
      #expect(message.contains("harmless as lbd-checks"), "\(message)")
    }
  }

  @Test func removalWithdrawsAndPurgeLeavesNothing() async throws {
    try await withInstalledPackage { cluster in
      let lbd = cluster.lbd
      try await cluster.makesItsFirstService()
      try await lbd.run("lbctl", "halt", "Web", "b")
      let table = try await lbd.table()

      try await lbd.run("dpkg", "--no-triggers", "--remove", "lbd")
      #expect(try await lbd.table() == [])
      #expect(try await !cluster.director.run("ip", "address").contains("192.168.1.100"))
      #expect(try await lbd.result("systemctl", "is-active", "lbd").exitCode != 0)
      #expect(FileManager.default.fileExists(atPath: "/etc/lbd/lbd.xml"))

      // What the removal took out comes back, the operator's word too.
      try await lbd.install(InstalledLoadBalancer.package ?? "")
      try await eventually("the table is back") { try await lbd.table() == table }
      let files = try await lbd.run("dpkg", "--listfiles", "lbd").split(separator: "\n").map(String.init)
      let own = try files.filter {
        try FileManager.default.attributesOfItem(atPath: $0)[.type] as? FileAttributeType == .typeRegular
      }
      #expect(own.contains("/usr/sbin/lbd"))

      try await lbd.run("dpkg", "--no-triggers", "--purge", "lbd")
      for path in own + ["/etc/lbd", "/var/lib/lbd", "/run/lbd", "/usr/share/lbd", "/usr/share/doc/lbd"] {
        #expect(!FileManager.default.fileExists(atPath: path), "\(path)")
      }
      #expect(try await lbd.table() == [])
    }
  }
}
