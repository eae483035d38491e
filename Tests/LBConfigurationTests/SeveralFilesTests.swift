import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct SeveralFilesTests {
  private func vip(_ label: String, _ address: String, _ ports: String, _ attributes: String = "") -> String {
    "<virtual-service label='\(label)' address='\(address)' ports='\(ports)' \(attributes)/>"
  }

  private func files(_ documents: String...) -> [SourceFile] {
    documents.enumerated().map { file(document($1), path: "\($0).xml") }
  }

  @Test func filesAreOneConfigurationInTheirOrder() throws {
    let loaded = try ConfigurationLoader.load(
      files: files(vip("B", "10.0.0.1", "80"), "<global watch='no'/>" + vip("A", "10.0.0.1", "81"))
    ).get()
    #expect(loaded.loadBalancer.virtualServices.map(\.label) == ["B", "A"])
    #expect(!loaded.loadBalancer.global.watch)
    #expect(loaded.locations.virtualServices["A"]?.description == "1.xml:2")
  }

  @Test func labelsAreUniqueOverAllFiles() {
    #expect(
      problems(files(vip("Web", "10.0.0.1", "80"), "\n\(vip("Web", "10.0.0.2", "80"))")) == [
        "1.xml:3: virtual-service 'Web': label=\"Web\" is taken by the virtual-service at 0.xml:2; "
          + "labels are unique over all files"
      ])
  }

  @Test func globalStandsOnceOverAllFiles() {
    #expect(
      problems(files("<global/>", "<global/>")) == [
        "1.xml:2: global: a second global; only one is allowed over all files, the first is at 0.xml:2"
      ])
    #expect(
      problems(files("<global/>\n<global/>")) == [
        "0.xml:3: load-balancer: a second global; only one is allowed, the first is at 0.xml:2"
      ])
  }

  @Test func overlapsAreFoundOverAllFiles() {
    #expect(
      problems(files(vip("A", "10.0.0.1", "50000-60000"), vip("B", "10.0.0.1", "80,55555"))) == [
        "1.xml:2: virtual-service 'B': ports=\"80,55555\" overlaps with virtual-service 'A' at 0.xml:2: "
          + "both claim 10.0.0.1 tcp port 55555"
      ])
    #expect(
      problems(files(vip("A", "10.0.0.1", "80-90"), vip("B", "10.0.0.1", "85-95", "enabled='no'"))).first?.hasSuffix(
        "both claim 10.0.0.1 tcp ports 85-90") == true)
  }

  @Test func everyPairThatOverlapsIsFound() {
    let found = problems(
      files(vip("A", "10.0.0.1", "1-100"), vip("B", "10.0.0.1", "10-20"), vip("C", "10.0.0.1", "15-30")))
    #expect(found.count == 3)
    #expect(found.contains { $0.contains("'C'") && $0.contains("with virtual-service 'B'") && $0.hasSuffix("15-20") })
  }

  @Test func eachOfThousandsThatClaimOnePortIsTold() {
    let found = problems(files((0..<2_000).map { vip("S\($0)", "10.0.0.1", "80") }.joined()))
    #expect(found.count >= 1_999 && found.count <= 16 * 2_000)
  }

  @Test func bothProtocolsOfOneServiceCount() {
    let found = problems(
      files(vip("A", "10.0.0.1", "137", "protocol='udp'"), vip("B", "10.0.0.1", "137", "protocol='tcp+udp'")))
    #expect(found.count == 1)
    #expect(found[0].hasSuffix("both claim 10.0.0.1 udp port 137"))
    #expect(
      problems(files(vip("A", "10.0.0.1", "*", "protocol='tcp+udp'"), vip("B", "10.0.0.1", "1", "protocol='tcp+udp'")))
        .count
        == 1)
  }

  @Test func otherAddressesProtocolsAndPortsDoNotOverlap() {
    #expect(
      problems(
        files(
          vip("A", "10.0.0.1", "80"), vip("B", "10.0.0.1", "81,443"), vip("C", "10.0.0.2", "80"),
          vip("D", "10.0.0.1", "80", "protocol='udp'"), vip("E", "10.0.0.1", "80", "protocol='sctp'"),
          vip("F", "::10.0.0.1", "80"), vip("G", "10.0.0.1", "82-442", "forwarding='nat'"))) == [])
  }

  @Test func everyServiceInsideAWideOneIsFound() {
    let found = problems(
      files(
        vip("All", "10.0.0.1", "*"), vip("A", "10.0.0.1", "80"), vip("B", "10.0.0.1", "443"), vip("C", "10.0.0.1", "1"))
    )
    #expect(found.map { $0.prefix(5) } == ["1.xml", "2.xml", "3.xml"])
  }

  @Test func marksAreUniqueInTheirFamily() {
    func marked(_ label: String, _ attributes: String) -> String {
      "<virtual-service label='\(label)' firewall-mark='\(attributes)/>"
    }
    #expect(
      problems(files(marked("A", "1'"), marked("B", "1' family='inet6'"), marked("C", "0x1'"))) == [
        "2.xml:2: virtual-service 'C': firewall-mark=\"0x1\" with family inet is taken by virtual-service 'A' at 0.xml:2"
      ])
  }

  @Test func addressesStandOnce() {
    #expect(
      problems(files("<floating-ip address='10.0.0.254'/>", "<floating-ip address='10.0.0.254/24'/>")) == [
        "1.xml:2: floating-ip: address=\"10.0.0.254/24\" stands at 0.xml:2 already; remove one of them"
      ])
    let masquerade = "<outbound-masquerade source='10.0.0.0/8' interface='eth0'/>"
    #expect(
      problems(files(masquerade + "\n" + masquerade)) == [
        "0.xml:3: outbound-masquerade: source=\"10.0.0.0/8\" stands at 0.xml:2 already; remove one of them"
      ])
  }

  @Test func oneBrokenFileDoesNotHideTheOthers() {
    let broken = SourceFile(path: "b.xml", bytes: Array("<load-balancer>\n<".utf8))
    let found = problems([file(document("<globl/>"), path: "a.xml"), broken, file("<x/>", path: "c.xml")])
    #expect(Set(found.map { $0.prefix(8) }) == ["a.xml:2:", "b.xml:2:", "c.xml:1:"])
    #expect(found.map { $0.prefix(1) } == found.map { $0.prefix(1) }.sorted())
  }

  @Test func thereIsAnEndToTheList() {
    let text = document(String(repeating: "<x/>\n", count: 20_000))
    #expect(problems(text).count == ProblemCollector.problemsMax)
  }

  @Test func addressesHaveTheirOwnLines() throws {
    let text = document(
      "<floating-ip\n address='10.0.0.9'/>\n<virtual-service label='A'\n address='10.0.0.1' ports='1'/>")
    let locations = try ConfigurationLoader.load(files: [file(text)]).get().locations
    #expect(locations.floatingIPs.values.map(\.line) == [3])
    #expect(locations.serviceAddresses["A"]?.line == 5 && locations.virtualServices["A"]?.line == 4)
  }
}
