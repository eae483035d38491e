import Testing

@testable import LBConfiguration

/// Ports that the kernel would not translate (ip_vs_sched_persist).
@Suite struct TranslationConflictTests {
  private func found(_ attributes: String, persistence: String = "<persistence/>", server: String) -> [String] {
    problems(
      """
      <load-balancer>
        <virtual-service label="Q" address="10.0.0.1" \(attributes)>
          \(persistence)
          <real-server label="r" address="10.0.0.2" \(server)/>
        </virtual-service>
      </load-balancer>
      """)
  }

  @Test(arguments: [#"ports="105" forwarding="snat""#, #"ports="105" forwarding="nat" protocol="tcp+udp""#])
  func aMarkWithPersistenceKeepsTheClientsPort(attributes: String) {
    let found = self.found(attributes, server: #"port="104""#)
    #expect(found.count == 1 && found[0].hasPrefix("4: ") && found[0].contains("keeps the client's port"), "\(found)")
    #expect(self.found(attributes, server: #"port="105""#) == [])
    #expect(self.found(attributes, persistence: "", server: #"port="104""#) == [])
  }

  @Test func anOrdinaryServiceTranslates() {
    #expect(self.found(#"ports="105" forwarding="nat""#, server: #"port="104""#) == [])
  }
}
