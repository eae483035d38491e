import Foundation
import Testing

extension InTheLab {
  /// The original program on one host and lbd, with what it made of the same file, on another: the same table.
  @Suite struct ImportTests {
    @Test func aTableSavedByIPVSAdm() async throws {
      try await compare(
        kind: "ipvsadm", ports: "80",
        """
        -A -t 192.168.1.100:80 -s rr -p 300
        -a -t 192.168.1.100:80 -r 192.168.1.110:80 -g -w 3
        -a -t 192.168.1.100:80 -r 192.168.1.111:80 -g -w 0 -x 100 -y 50
        -A -t 192.168.1.101:443 -s mh -b mh-port
        -a -t 192.168.1.101:443 -r 192.168.1.110:8443 -m -w 1
        -A -u 192.168.1.102:53 -s wlc -o
        -a -u 192.168.1.102:53 -r 192.168.1.110:53 -i -w 1
        -A -f 77 -s sh -p 360 -M 255.255.255.0
        -a -f 77 -r 192.168.1.110:0 -g -w 1

        """
      ) { network, host, path in
        _ = try await host.run("sh", "-c", "ipvsadm -R < \(path)")
      }
    }

    @Test func aConfigurationOfKeepalived() async throws {
      try await compare(
        kind: "keepalived", ports: "80,8080",
        """
        global_defs {
            router_id lab
        }
        virtual_server_group many {
            192.168.1.102-103 80
            fwmark 78
        }
        virtual_server 192.168.1.100 80 {
            delay_loop 2
            lb_algo wrr
            lb_kind DR
            persistence_timeout 50
            protocol TCP
            sorry_server 192.168.1.112 80
            real_server 192.168.1.110 80 {
                weight 3
                TCP_CHECK {
                    connect_timeout 3
                }
            }
            real_server 192.168.1.111 80 {
                weight 2
                uthreshold 100
                lthreshold 10
                PING_CHECK {
                }
            }
        }
        virtual_server 192.168.1.101 80 {
            lb_algo rr
            lb_kind NAT
            real_server 192.168.1.110 8080 {
            }
        }
        virtual_server group many {
            protocol TCP
            delay_loop 2
            lb_algo lc
            lb_kind TUN
            real_server 192.168.1.111 {
                TCP_CHECK {
                    connect_port 8080
                }
            }
        }

        """
      ) { network, host, path in
        let pid = network.path("keepalived")
        _ = try network.start(
          [
            "keepalived", "--dont-fork", "--log-console", "--check", "--use-file", path, "--pid", pid + ".pid",
            "--checkers_pid", pid + ".checkers.pid",
          ], in: host, log: "keepalived")
      }
    }

    @Test func aConfigurationOfLdirectord() async throws {
      try await compare(
        kind: "ldirectord", ports: "80,8080",
        """
        checktimeout=3
        checkinterval=1
        quiescent=no
        logfile="/tmp/ldirectord.log"

        virtual=192.168.1.100:80
            real=192.168.1.110->192.168.1.111:80 gate 5
            fallback=192.168.1.112:80 gate
            scheduler=rr
            persistent=600
            netmask=255.255.255.0
            protocol=tcp
            checktype=connect

        virtual=192.168.1.101:80
            real=192.168.1.110:8080 masq 2
            service=none
            protocol=tcp
            checktype=on

        virtual=79
            real=192.168.1.111 ipip
            protocol=fwm
            checktype=ping

        """
      ) { network, host, path in
        _ = try network.start(["ldirectord", "-d", path, "start"], in: host, log: "ldirectord")
      }
    }

    private func compare(
      kind: String, ports: String, _ text: String,
      run: (_ network: Network, _ host: Host, _ path: String) async throws -> Void
    ) async throws {
      try await withNetwork { network in
        let lan = try await network.segment("lan")
        let original = try await network.host("original", on: lan, "192.168.1.98/24")
        let director = try await network.host("director", on: lan, "192.168.1.99/24")
        for index in 0..<3 {
          let host = try await network.host("rip\(index)", on: lan, "192.168.1.\(110 + index)/24")
          _ = try await network.serve("rip\(index)", on: host, ports: ports)
        }
        let path = network.path("other.conf")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try await run(network, original, path)

        let imported = try await network.result(of: [Lab.binary("lbctl"), "config", "import", kind, path])
        #expect(imported.exitCode == 0, "\(imported)")
        let lbd = try LoadBalancerProgram(network, on: director, configuration: imported.output)
        try await lbd.start()
        var (theirs, ours): ([String], [String]) = ([], [])
        do {
          try await eventually("the same table of both") {
            theirs = try await original.run("ipvsadm", "-Sn").split(separator: "\n").map(String.init).sorted()
            ours = try await lbd.table()
            return !theirs.isEmpty && ours == theirs ? true : nil
          }
        } catch let error as Expired {
          throw Expired(description: "\(error): \(kind) made \(theirs), lbd \(ours); \(lbd.log.suffix(2000))")
        }
      }
    }
  }
}
