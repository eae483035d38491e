import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct UnsupportedYetTests {
  private func refused(_ text: String) -> [String] { problems(text, unsupported: UnsupportedYet.all) }

  /// A row whose use is no mistake otherwise, each on a line of its own.
  @Test(arguments: [
    "<global><notify command='/bin/true'/></global>"
  ])
  func isRefusedAndOtherwiseGood(text: String) {
    #expect(problems(document(text)) == [])
    let found = refused(document(text))
    #expect(found.count == 1 && found[0].hasPrefix("2: ") && found[0].contains(" is not supported yet"), "\(found)")
  }

  @Test(arguments: [
    "<virtual-service label='Web' address='2001:db8::1' ports='80'/>",
    "<virtual-service label='Web' address='10.0.0.1' ports=' * '><health-check type='on'/></virtual-service>",
    web("protocol='sctp'"), web("protocol='tcp+udp'"), web("forwarding='nat'"), web("forwarding='snat'"),
    web("forwarding='tun'"), "<virtual-service label='M' firewall-mark='1'/>",
    web("scheduler='sh' scheduler-flags='port'"), web("on-failure='quiesce'"), web("withdraw-when-down='yes'"),
    web("", "<fallback address='10.0.0.9' forwarding='nat'/>"), "<global><timeouts tcp='9'/></global>",
    "<floating-ip address='10.0.0.254'/>", "<outbound-masquerade source='10.0.0.0/8' interface='eth0'/>",
    web("protocol='tcp' forwarding='dr' on-failure='remove' withdraw-when-down='no' suspect='yes' one-packet='no'"),
    web("interface='none'"), web("interface='eth0' enabled='no'"), web("", "<persistence granularity='24'/>"),
    web("", "<health-check type='connect' via='vip'/><health-check type='agent' port='9' send='?'/>"),
    web("", "<health-check type='connect' via='server'/><fallback address='10.0.0.9' forwarding='dr'/>"),
    web("", "<health-check type='off'/><real-server label='A' address='10.0.0.2' maximum-connections='7'/>"),
    "<global watch='no' diagnose='no'><draining persistent-clients='move'/><health-check failures='1'/></global>",
  ])
  func isServed(text: String) {
    #expect(refused(document(text)) == [])
  }

  @Test(arguments: Scheduler.allCases) func everySchedulerIsServed(scheduler: Scheduler) {
    #expect(refused(document(web("scheduler='\(scheduler.rawValue)'"))) == [])
  }

  @Test func wrongValuesHaveTheirOwnProblemOnly() {
    #expect(refused(document(web("suspect='maybe'"))).count == 1)
    #expect(refused(document(web("", "<health-check type='connect' via='wire'/>"))).count == 1)
  }

  /// A row with a name that the format does not have would never refuse anything.
  @Test func rowsNameWhatTheFormatHas() {
    let elements = FormatListing.elements(of: .loadBalancer).map(\.element)
    for row in UnsupportedYet.all {
      let attributes = elements.filter { $0.name == row.element }.flatMap(\.attributes)
      #expect(elements.contains { $0.name == row.element })
      switch row.subject {
      case .attribute(let name, let served):
        let words = attributes.first { $0.name == name }?.words
        #expect(words.map { served.allSatisfy($0.contains) } == true, "\(row.element) \(name)")
      case .element: break
      }
    }
  }
}
