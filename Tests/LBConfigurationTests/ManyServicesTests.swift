import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct ManyServicesTests {
  /// 50 services with 4 servers each in every file.
  static func dropIns(_ count: Int) -> [SourceFile] {
    (0..<count).map { number in
      var text = "<load-balancer version=\"1\">\n"
      for index in 0..<50 {
        let service = number * 50 + index
        let address = "10.\(service >> 16 & 255).\(service >> 8 & 255).\(service & 255)"
        text += """
            <virtual-service label="Service-\(service)" address="\(address)" ports="80,443, 50000-60000"
                             protocol="tcp" forwarding="dr" scheduler="wlc">
              <persistence timeout="300"/>
              <health-check type="connect" port="80"/>
              <fallback address="172.16.0.1"/>

          """
        for server in 1...4 {
          text += "    <real-server label=\"Server-\(server)\" address=\"172.17.0.\(server)\" weight=\"100\"/>\n"
        }
        text += "  </virtual-service>\n"
      }
      return file(text + "</load-balancer>\n", path: "conf.d/\(number).xml")
    }
  }

  @Test func allOfThemAreRead() throws {
    let loaded = try ConfigurationLoader.load(files: Self.dropIns(20)).get()
    #expect(loaded.loadBalancer.virtualServices.count == 1000)
    #expect(loaded.locations.realServers.count == 4000)
  }

  @Test func oneOverlapAmongThemIsFound() {
    let late = file(document(web()).replacing("10.0.0.1", with: "10.0.3.1"), path: "z.xml")
    #expect(problems(Self.dropIns(20) + [late]).count == 1)
  }
}
