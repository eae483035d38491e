import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct IPVSAdmImportTests {
  @Test func aSavedTable() throws {
    let imported = try Imported(
      .ipvsadm,
      """
      -A -t 192.0.2.1:80 -s rr
      -a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3
      -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0 -x 100 -y 50
      # marks
      -A -f 7 -s wlc -p 360 -M 255.255.255.0
      -a -f 7 -r 10.0.0.3:0 -g -w 1
      -A -u 192.0.2.2:53 -s rr -o
      -a -u 192.0.2.2:53 -r 10.0.0.4:53 -i -w 1
      -A -t [2001:db8::1]:443 -s mh -b mh-port,mh-fallback
      -a -t [2001:db8::1]:443 -r [2001:db8::2]:443 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
      """)
    #expect(
      imported.table == [
        "tcp 192.0.2.1 80 rr", "  10.0.0.1 port 8080 nat 3", "  10.0.0.2 nat 0", "mark 7 inet wlc p 360/24",
        "  10.0.0.3 dr 1", "udp 192.0.2.2 53 rr ops", "  10.0.0.4 tun 1", "tcp 2001:db8::1 443 mh",
        "  2001:db8::2 tun 1",
      ])
    #expect(imported.notes.isEmpty)
    #expect(imported.services.map(\.label) == ["192.0.2.1-80", "mark-7", "192.0.2.2-53-udp", "2001-db8--1-443"])
    #expect(imported.services[0].realServers[1].maximumConnections == 100)
    #expect(imported.services[3].tunnel == Tunnel(kind: .gue, port: 6080, checksum: true))
    #expect(imported.services[3].schedulerFlags == [.port, .fallback])
    // ipvsadm checks nobody.
    #expect(imported.services.allSatisfy { $0.healthChecks.map(\.kind) == [.on] })
  }

  @Test func commandsAsInAScript() throws {
    let imported = try Imported(
      .ipvsadm,
      """
      #!/bin/sh
      ipvsadm -C
      /sbin/ipvsadm --set 900 0 300
      ipvsadm --add-service --tcp-service=192.0.2.1:http --persistent
      ipvsadm --add-server -t 192.0.2.1:http --real-server 10.0.0.1
      ipvsadm -a -t 192.0.2.1:http -r 10.0.0.2 -w 5
      ipvsadm -e -t 192.0.2.1:http -r 10.0.0.2 -w 6
      ipvsadm -a -t 192.0.2.1:http -r 10.0.0.3
      ipvsadm -d -t 192.0.2.1:http -r 10.0.0.3
      ipvsadm -A -t 192.0.2.9:21
      ipvsadm -E -t 192.0.2.9:21 -s sed
      ipvsadm -D -t 192.0.2.9:21
      ipvsadm --start-daemon=master --mcast-interface=eth0
      """)
    #expect(imported.table == ["tcp 192.0.2.1 80 wlc p 300/32", "  10.0.0.1 dr 1", "  10.0.0.2 dr 6"])
    #expect(imported.loaded.global.timeouts?.tcp == 900)
    #expect(imported.notes == ["line 13: --start-daemon has no equivalent"])
  }

  @Test func whatHasNoEquivalentIsAComment() throws {
    let imported = try Imported(
      .ipvsadm,
      """
      -A -t 192.0.2.1:80 -s twos
      -a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
      -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m
      -A -u 192.0.2.2:5060 -p 60 --pe sip
      -A -t 192.0.2.1:0 -p 60
      """)
    #expect(imported.table == ["tcp 192.0.2.1 80 wlc", "  10.0.0.1 dr 1", "udp 192.0.2.2 5060 wlc p 60/32"])
    #expect(imported.notes.count == 4)
    for (line, piece) in [(3, "10.0.0.2:80"), (1, "scheduler=\"twos\""), (4, "'sip'"), (5, "'192.0.2.1-80'")] {
      #expect(imported.notes.contains { $0.hasPrefix("line \(line): ") && $0.contains(piece) }, "\(imported.notes)")
      #expect(imported.text.contains("<!-- line \(line): "))
    }
  }

  @Test(arguments: [
    ("-A -t 192.0.2.1:80\n-x", "2: the option '-x' has no value"), ("-A -t www:80", "1: 'www:80' is no address"),
    ("-t 192.0.2.1:80", "1: there is no command"), ("-A", "1: there is no virtual service"),
    ("-a -t 192.0.2.1:80 -r 10.0.0.1", "1: there is no virtual service '192.0.2.1:80'"),
    ("-A -D", "1: '-D' is a second command"), ("<xml/>", "1: '<xml/>' is no option of ipvsadm"),
  ])
  func whatIsNoTableIsRefused(text: String, message: String) {
    let error = #expect(throws: ConfigurationErrors.self) { try Imported(.ipvsadm, text) }
    #expect(error?.description.hasPrefix("other.conf:" + message) == true, "\(error?.description ?? "")")
  }
}
