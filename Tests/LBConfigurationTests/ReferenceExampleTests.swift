import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ReferenceExampleTests {
  /// The example of the format's description, with every default written out or left to the loader.
  static let text = """
    <?xml version="1.0" encoding="UTF-8"?>
    <load-balancer version="1">
      <global>
        <health-check interval="6" timeout="3" failures="2" successes="1"/>
        <draining persistent-clients="stay"/>
        <timeouts tcp="900" tcp-fin="120" udp="300"/>
      </global>

      <floating-ip address="192.168.100.254/24" interface="eth0"/>

      <virtual-service label="RomexisVIP" address="10.10.90.199" ports="104,1099,2099, 50000-60000"
                       protocol="tcp" forwarding="dr" scheduler="wlc">
        <persistence timeout="300" granularity="32"/>
        <health-check type="connect" port="1099"/>
        <fallback address="10.10.90.202"/>
        <real-server label="RomexisServer1" address="10.10.90.201" weight="100"/>
      </virtual-service>
    </load-balancer>

    """

  @Test func everythingIsRead() throws {
    let vip = try #require(IPAddress("10.10.90.199"))
    let fallback = try #require(IPAddress("10.10.90.202"))
    let server = try #require(IPAddress("10.10.90.201"))
    let floating = try #require(IPAddress("192.168.100.254"))
    let expected = LoadBalancer(
      global: GlobalSettings(timeouts: KernelTimeouts(tcp: 900, tcpFin: 120, udp: 300)),
      floatingIPs: [FloatingIP(address: floating, prefixLength: 24, interface: "eth0")],
      virtualServices: [
        VirtualService(
          label: "RomexisVIP",
          entry: .address(
            vip, ports: PortSet([104...104, 1099...1099, 2099...2099, 50000...60000]), protocol: .tcp),
          persistence: Persistence(granularity: 32),
          healthChecks: [HealthCheck(.connect(.list([1099])), timing: CheckTiming())],
          fallback: FallbackServer(address: fallback),
          realServers: [RealServer(label: "RomexisServer1", address: server)])
      ])
    #expect(try values(Self.text) == expected)
  }

  @Test func placesAreKept() throws {
    let loaded = try ConfigurationLoader.load(files: [file(Self.text)]).get()
    let server = ServerName(service: "RomexisVIP", server: "RomexisServer1")
    let floating = try #require(IPAddress("192.168.100.254"))
    #expect(loaded.locations.virtualServices["RomexisVIP"]?.description == "lbd.xml:11")
    #expect(loaded.locations.realServers[server]?.line == 16)
    #expect(loaded.locations.floatingIPs[floating]?.line == 9)
  }

  @Test func carriageReturnsAndByteOrderMarkChangeNothing() throws {
    let windows = [0xEF, 0xBB, 0xBF] + Array(Self.text.replacing("\n", with: "\r\n").utf8)
    let files = [SourceFile(path: "lbd.xml", bytes: windows)]
    let loaded = try ConfigurationLoader.load(files: files).get()
    #expect(try loaded.loadBalancer == values(Self.text))
    #expect(loaded.locations.virtualServices["RomexisVIP"]?.line == 11)
  }

  @Test func quotesReferencesAndCommentsChangeNothing() throws {
    let dressed = Self.text.replacing("\"dr\"", with: "'d&#114;'")
      .replacing("<global>", with: "<!-- <virtual-service> --><?editor keep?><![CDATA[ ]]><global>")
      .replacing("1099,2099, ", with: "1099,2099,\n\t")
    #expect(try values(dressed) == values(Self.text))
  }

  @Test func anEmptyLoadBalancerServesNothing() throws {
    #expect(try values("<load-balancer/>") == LoadBalancer())
  }

  @Test func editorsMayNameTheSchema() throws {
    let text = """
      <load-balancer version="1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                     xsi:noNamespaceSchemaLocation="/usr/share/lbd/lbd.xsd"/>
      """
    #expect(try values(text) == LoadBalancer())
  }
}
