import LoadBalancing
import Testing

@testable import Director

@Suite struct ConfigurationDifferenceTests {
  private func words(_ change: (inout VirtualService) -> Void) -> [String] {
    var service = Samples.romexis
    change(&service)
    return differences(
      from: LoadBalancer(virtualServices: [Samples.romexis]), to: LoadBalancer(virtualServices: [service])
    ).map(\.description)
  }

  @Test func nothingIsNothing() {
    #expect(words { _ in }.isEmpty)
  }

  @Test func aWeight() {
    #expect(words { $0.realServers[0].weight = 50 } == ["~ RomexisVIP: weight of RomexisServer1 100 → 50"])
  }

  @Test func whatHasNoWordsOfItsOwnIsADifferenceToo() {
    func checks(_ path: String) -> [HealthCheck] {
      [HealthCheck(.application(.http(HTTPCheck(path: path)), port: 80), timing: CheckTiming())]
    }
    var service = Samples.web
    service.healthChecks = checks("/a")
    let before = LoadBalancer(virtualServices: [service])
    service.healthChecks = checks("/b")
    var after = LoadBalancer(virtualServices: [service])
    after.global.notifyCommand = "/bin/true"
    #expect(
      differences(from: before, to: after).map(\.description) == [
        "~ notify command none → /bin/true",
        "~ HTTP-Cluster: health checks other attributes of http on port 80 every 6 s, timeout 3 s, 2 failures, "
          + "1 successes",
      ])
  }

  @Test func portsEndNothing() {
    let changed = words {
      $0.entry = .address(Samples.address("10.10.90.199"), ports: PortSet(104), protocol: .tcp)
    }
    #expect(changed == ["~ RomexisVIP: ports 104,1099,2099,50000-60000 → 104"])
  }

  @Test func theOnlyPortThatGoesCuts() {
    var before = Samples.web
    before.entry = .address(Samples.address("192.168.1.100"), ports: PortSet(81), protocol: .tcp)
    #expect(
      differences(
        from: LoadBalancer(virtualServices: [before]), to: LoadBalancer(virtualServices: [Samples.web])
      ).map(\.description) == ["~ HTTP-Cluster: ports 81 → 80 (ends established connections)"])
  }

  @Test func forwardingAndAddressCut() {
    #expect(
      words { $0.forwarding = .nat } == ["~ RomexisVIP: forwarding dr → nat (ends established connections)"])
    let moved = words {
      $0.entry = .address(Samples.address("10.10.90.200"), ports: $0.ports ?? .all, protocol: .tcp)
    }
    #expect(moved == ["~ RomexisVIP: address 10.10.90.199 → 10.10.90.200 (ends established connections)"])
  }

  @Test func servers() {
    let changed = words {
      $0.realServers = [RealServer(label: "new", address: Samples.address("10.10.90.203"))]
    }
    #expect(
      changed == [
        "+ RomexisVIP: real server new at 10.10.90.203, weight 100",
        "- RomexisVIP: real server RomexisServer1 at 10.10.90.201 (ends established connections)",
      ])
  }

  @Test func services() {
    let changed = differences(
      from: LoadBalancer(virtualServices: [Samples.romexis]), to: LoadBalancer(virtualServices: [Samples.web]))
    #expect(
      changed.map(\.description) == [
        "+ HTTP-Cluster: virtual service 192.168.1.100 tcp 80 with 2 real servers",
        "- RomexisVIP: virtual service 10.10.90.199 tcp 104,1099,2099,50000-60000 (ends established connections)",
      ])
  }

  @Test func checksAndPersistence() {
    #expect(
      words { $0.persistence = nil } == ["~ RomexisVIP: persistence 300 s, granularity 32 → none"])
    let timing = CheckTiming(interval: .milliseconds(500))
    #expect(
      words { $0.healthChecks = [HealthCheck(.on, timing: timing)] } == [
        "~ RomexisVIP: health checks connect to 1099 every 6 s, timeout 3 s, 2 failures, 1 successes → "
          + "on every 0.5 s, timeout 3 s, 2 failures, 1 successes"
      ])
  }
}
