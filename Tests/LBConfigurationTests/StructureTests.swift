import Testing

@testable import LBConfiguration

@Suite struct StructureTests {
  @Test func unknownAttributeHasItsOwnLineAndAGuess() {
    let found = problems(
      """
      <load-balancer version="1">
        <virtual-service label="Web" address="10.0.0.1"
                         ports="80"
                         forwardin="dr"/>
      </load-balancer>
      """)
    #expect(found.count == 1)
    #expect(
      found[0].hasPrefix("4: virtual-service 'Web': unknown attribute forwardin=\"dr\"; allowed: label, address, "))
    #expect(found[0].hasSuffix("; did you mean `forwarding`?"))
  }

  @Test func unknownElementHasAGuess() {
    #expect(
      webProblems("", "<realserver/>") == [
        "unknown element <realserver>; allowed: persistence, health-check, fallback, real-server; "
          + "did you mean `real-server`?"
      ])
    #expect(
      problems(document("<persistence/>")).first?.hasPrefix("2: load-balancer: unknown element <persistence>") == true)
    #expect(webProblems("", "<persistence><x/></persistence>").count == 1)
  }

  @Test func anotherDocumentIsRefused() {
    #expect(
      problems("<loadbalancer/>") == [
        "1: the outermost element is <loadbalancer>; allowed: load-balancer; did you mean `load-balancer`?"
      ])
    #expect(problems("<html/>") == ["1: the outermost element is <html>; allowed: load-balancer"])
  }

  @Test func otherVersionsOfTheFormatAreRefused() {
    #expect(
      problems("<load-balancer version=\"2\"/>") == ["1: load-balancer: version=\"2\" is not allowed; allowed: 1"])
  }

  @Test func missingAttributesAreNamed() {
    #expect(
      problems(document("<virtual-service/>")) == [
        "2: virtual-service: the attribute address is missing; allowed: an IPv4 or IPv6 address, "
          + "or firewall-mark instead",
        "2: virtual-service: the attribute ports is missing; allowed: ports and ranges like 104,1099,50000-60000, or *",
        "2: virtual-service: the attribute label is missing; allowed: 1 to 64 of letters, digits, '.', '_' and '-'",
      ])
    #expect(
      webProblems("", "<real-server label='A'/><fallback/><health-check/>").map { $0.prefix(60) }
        == [
          "2: health-check of virtual-service 'Web': the attribute type",
          "2: fallback of virtual-service 'Web': the attribute address ",
          "2: real-server 'A' of virtual-service 'Web': the attribute a",
        ].map { $0.prefix(60) })
  }

  @Test func singleElementsStandOnce() {
    #expect(
      webProblems("", "<persistence/>\n<persistence/><fallback address='10.0.0.9'/>\n<fallback address='10.0.0.8'/>")
        == [
          "3: virtual-service 'Web': a second persistence; only one is allowed, the first is at lbd.xml:2",
          "4: virtual-service 'Web': a second fallback; only one is allowed, the first is at lbd.xml:3",
        ])
  }

  @Test func textIsRefusedAtItsLine() {
    #expect(webProblems("", "\n\n here") == ["4: virtual-service 'Web': text is not allowed here"])
    #expect(webProblems("", "<![CDATA[x]]>") == ["text is not allowed here"])
  }

  @Test func allProblemsComeAtOnceInTheOrderOfLines() {
    let found = problems(
      """
      <load-balancer version="1">
        <virtual-service label="Web" address="10.0.0.256" ports="0"
          scheduler="wlcc"
          protocol="icmp">
          <real-server label="A" address="10.0.0.2" weight="70000"/>
          <real-server label="A" address="10.0.0.3" wieght="1"/>
        </virtual-service>
        <global wach="yes"/>
      </load-balancer>
      """)
    #expect(found.map { $0.prefix(2) } == ["2:", "2:", "3:", "4:", "5:", "6:", "6:", "8:"])
    #expect(
      found[2] == "3: virtual-service 'Web': scheduler=\"wlcc\" is not allowed; allowed: rr, wrr, lc, wlc, lblc, "
        + "lblcr, sh, dh, sed, nq, fo, ovf, mh; did you mean `wlc`?")
  }

  @Test func messagesStayOnOneLine() {
    let found = webProblems("scheduler='a&#10;b'")
    #expect(found.first?.hasPrefix("scheduler=\"a\u{FFFD}b\" is not allowed") == true)
    #expect(webProblems("scheduler='\(String(repeating: "x", count: 5000))'").first.map { $0.count < 300 } == true)
  }

  /// Every attribute that the tables allow is read, or a wrong value would be ignored.
  @Test func noAttributeIsIgnored() {
    let wrong = "\u{1F980}:*/"
    for (path, element) in FormatListing.elements(of: .loadBalancer) where element.name != "health-check" {
      for attribute in element.attributes where !["label", "command"].contains(attribute.name) {
        #expect(attribute.fault(wrong) != nil, "\(path) \(attribute.name)")
        let marks = ["firewall-mark", "family"].contains(attribute.name)
        var attributes = element.attributes.filter { $0.isRequired && $0.name != attribute.name }.map {
          " \($0.name)=\"\(FormatListing.samples[$0.name] ?? "")\""
        }.joined()
        if element.name == "virtual-service" { attributes += marks ? "" : " address='10.0.0.1' ports='80'" }
        if attribute.name == "address" || attribute.name == "ports" { attributes = " label='x'" }
        let text = FormatListing.document(path, "\(attributes)\n\(attribute.name)=\"\(wrong)\"")
        let found = problems(text)
        #expect(
          found.contains { $0.hasPrefix("2: ") && $0.contains("\(attribute.name)=\"\(wrong)\"") }, "\(text) \(found)")
      }
    }
  }

  @Test func noAttributeOfAnyHealthCheckIsIgnored() {
    for kind in HealthCheckKindRule.all {
      for attribute in HealthCheckAttributes.common + kind.attributes {
        guard attribute.name != "type" else { continue }
        let found = webProblems("", "<health-check type='\(kind.type)'\n\(attribute.name)=''/>")
        #expect(
          found.contains { $0.hasPrefix("3: ") && $0.contains("\(attribute.name)=\"\"") },
          "\(kind.type) \(attribute.name): \(found)")
      }
    }
  }
}
