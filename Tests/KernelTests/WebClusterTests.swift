import Testing

extension InTheLab {
  /// The first thing everyone tries: three web servers, direct routing.
  @Suite struct WebClusterTests {
    @Test func sharesFollowTheWeights() async throws {
      try await withNetwork { network in
        let weights = [100, 200, 300]
        let cluster = try await WebCluster(
          network, configuration: WebCluster.configuration(scheduler: "wrr", weights: weights))
        try await cluster.comesUp()
        let shares = try await cluster.shares(of: 600)
        for (label, weight) in zip(WebCluster.labels, weights) {
          let share = try #require(shares[label], "\(shares)")
          #expect(abs(share - weight) * 10 <= weight, "\(label) got \(share) of 600, \(weight) are its share")
        }
        #expect(shares.count == 3, "\(shares)")
      }
    }

    @Test func deadServerGetsNothingUntilItIsBack() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration(scheduler: "rr"))
        try await cluster.comesUp()
        try await cluster.kill("rip2")
        try await cluster.lbd.shows("rip2 red, HTTP-Cluster yellow") {
          $0.service("HTTP-Cluster")?.status == "yellow" && $0.service("HTTP-Cluster")?.server("rip2")?.status == "red"
        }
        #expect(try await cluster.shares(of: 60) == ["IIS1": 30, "rip3": 30])
        try await cluster.start("rip2")
        try await cluster.lbd.shows("HTTP-Cluster green") { $0.service("HTTP-Cluster")?.status == "green" }
        #expect(try await cluster.shares(of: 60) == ["IIS1": 20, "rip2": 20, "rip3": 20])
      }
    }

    @Test func coloursTellWhatOperatorsAndChecksDid() async throws {
      try await withNetwork { network in
        let cluster = try await WebCluster(network, configuration: WebCluster.configuration())
        try await cluster.comesUp()
        // Two clients see different servers: nothing keeps one client to one server here.
        #expect(try await cluster.shares(of: 2).count == 2)

        try await cluster.lbd.does("halt", "HTTP-Cluster", "IIS1")
        let halted = try #require(try await cluster.lbd.overview().service("HTTP-Cluster"))
        #expect(halted.status == "green")
        #expect(halted.server("IIS1")?.status == "blue")

        for label in WebCluster.labels { try await cluster.kill(label) }
        try await cluster.lbd.shows("HTTP-Cluster red") { $0.service("HTTP-Cluster")?.status == "red" }
        for label in ["rip2", "rip3"] { try await cluster.lbd.does("halt", "HTTP-Cluster", label) }
        #expect(try await cluster.lbd.overview().service("HTTP-Cluster")?.status == "blue")
      }
    }
  }
}
