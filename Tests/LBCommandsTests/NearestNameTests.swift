import ControlAPI
import Testing

@Suite struct NearestNameTests {
  let labels = ["RomexisVIP", "HTTP-Cluster", "DNS"]

  @Test(arguments: [
    ("Romexis", "RomexisVIP"), ("romexisvip", "RomexisVIP"), ("RomexsVIP", "RomexisVIP"), ("cluster", "HTTP-Cluster"),
    ("HTTPCluster", "HTTP-Cluster"), ("DNSS", "DNS"), ("DNS-Service", "DNS"),
  ])
  func near(name: String, expected: String) {
    #expect(NearestName.find(name, among: labels) == expected)
  }

  @Test(arguments: ["", "x", "Mail", "IP", "NTP-1"]) func far(name: String) {
    #expect(NearestName.find(name, among: labels) == nil)
  }

  @Test func theErrorSaysSo() {
    #expect(
      APIError.noSuchService("Romexis", among: labels).message
        == "no virtual service 'Romexis'; did you mean 'RomexisVIP'?")
    #expect(
      APIError.noSuchServer("x", in: "DNS", among: ["ns1"]).message == "no real server 'x' in 'DNS'")
  }
}
