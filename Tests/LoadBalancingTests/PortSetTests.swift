import LoadBalancing
import Testing

@Suite struct PortSetTests {
  @Test(arguments: [
    ("80", "80"), ("104,1099,2099, 50000-60000", "104,1099,2099,50000-60000"), (" 443 , 80 ", "80,443"),
    ("80,80", "80"), ("80,81", "80,81"), ("80-81", "80-81"), ("80-90,91-95,90", "80-90,91-95"),
    ("80-90,85-95", "80-95"), ("1-10,3-4", "1-10"), ("80-80", "80"),
    ("5 - 7", "5-7"), ("65535,1-65534", "1-65534,65535"), ("*", "*"), (" * ", "*"),
    ("12000,12100,12050", "12000,12050,12100"),
  ])
  func textIsReadAndMerged(text: String, merged: String) throws {
    let ports = try PortSet(parsing: text)
    #expect(ports.description == merged)
    #expect(try PortSet(parsing: merged) == ports)
  }

  @Test(arguments: [
    ("", ""), (",", ""), ("80,", ""), ("0", "0"), ("65536", "65536"), ("90-80", "90-80"), ("-80", "-80"),
    ("80-", "80-"),
    ("80,http", "http"), ("1-2-3", "1-2-3"), ("80 443", "80 443"), ("+80", "+80"), ("80,*", "*"), ("٨", "٨"),
    ("99999999999999999999", "99999999999999999999"),
  ])
  func mistakesNameThePart(text: String, part: String) {
    #expect {
      try PortSet(parsing: text)
    } throws: { error in
      (error as? PortSet.ParseError)?.part == part
    }
  }

  @Test func aBackwardRangeIsTurnedRound() {
    #expect {
      try PortSet(parsing: "60000-50000")
    } throws: { error in
      "\(error)".hasSuffix("write 50000-60000")
    }
  }

  @Test func countsAndSingles() throws {
    let ports = try PortSet(parsing: "104,1099,50000-60000")
    #expect(ports.count == 10003)
    #expect(ports.singles == [104, 1099])
    #expect(ports.only == nil)
    #expect(try PortSet(parsing: "12300,12301").singles == [12300, 12301])
    #expect(PortSet(80).only == 80)
    #expect(PortSet.all.count == 65536)
    #expect(PortSet.all.isAll && PortSet.all.only == nil)
    #expect(PortSet([ClosedRange<UInt16>]()).count == 0)
  }

  @Test func containsItsEnds() throws {
    let ports = try PortSet(parsing: "104,50000-60000")
    for port: UInt16 in [104, 50000, 55555, 60000] { #expect(ports.contains(port)) }
    for port: UInt16 in [0, 103, 105, 49999, 60001, 65535] { #expect(!ports.contains(port)) }
  }

  @Test func intersections() throws {
    let ports = try PortSet(parsing: "80,443,50000-60000")
    #expect(try ports.intersection(PortSet(parsing: "55555,60000-61000,81")).description == "55555,60000")
    #expect(ports.intersection(.all) == ports)
    #expect(ports.intersection(PortSet(1)).count == 0)
  }

  @Test func mergingKeepsEveryPort() {
    for _ in 0..<300 {
      let ranges = (0..<Int.random(in: 1...12)).map { _ -> ClosedRange<UInt16> in
        let lower = UInt16.random(in: 1...300)
        return lower...(lower + UInt16.random(in: 0...30))
      }
      let ports = PortSet(ranges)
      let model = Set(ranges.flatMap { Array($0) })
      #expect(ports.count == model.count)
      #expect(model.allSatisfy(ports.contains))
      #expect(zip(ports.ranges, ports.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
  }
}
