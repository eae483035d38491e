import LoadBalancing
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: ["0.0.0.0", "10.10.90.199", "255.255.255.255", "127.0.0.1"])
  func dottedDecimalRoundTrip(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.family == .inet)
    #expect(address.description == text)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    "", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.", "1..3.4",
    "0x1.2.3.4",
    "1.2.3.4/32", "+1.2.3.4", "1.2.3.٤", "1.2.3.1000", "a.b.c.d", "localhost",
  ])
  func noAddress(text: String) {
    #expect(IPAddress(text) == nil)
  }

  /// RFC 5952, section 4: the recommended form, with every other form reading as the same address.
  @Test(arguments: [
    ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:DB8::AbCd", "2001:db8::abcd"), ("::", "::"), ("0:0:0:0:0:0:0:0", "::"), ("::1", "::1"), ("1::", "1::"),
    ("1:0:0:0:0:0:0:0", "1::"), ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ("::ffff:c000:201", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("2001:470:1f09:e72::15", "2001:470:1f09:e72::15"), ("fe80::1", "fe80::1"),
  ])
  func canonicalText(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.family == .inet6)
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    ":", ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
    "12345::", "g::", "::1%eth0", "[::1]", "::1/128", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "::256.1.1.1", "1:::2",
    "::٤",
    "-1::", "::+1",
  ])
  func noAddressWithColons(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func everyNumberRoundTrips() {
    for round in 0..<2000 {
      let ones = UInt128.random(in: .min ... .max)
      // Masks leave runs of zeros behind, which is where the short form is made.
      let mask = (0..<8).reduce(UInt128(0)) { $0 << 16 | (Bool.random() || round % 8 == $1 ? 0xFFFF : 0) }
      let address = IPAddress(family: .inet6, value: ones & mask)
      #expect(IPAddress(address.description) == address)
      let short = IPAddress(family: .inet, value: ones)
      #expect(IPAddress(short.description) == short)
    }
  }

  @Test(arguments: [([], false), ([1, 2, 3], false), ([1, 2, 3, 4], true), ([UInt8](repeating: 0, count: 16), true)])
  func bytesOfBothFamilies(bytes: [UInt8], isAddress: Bool) {
    #expect((IPAddress(bytes: bytes) != nil) == isAddress)
  }

  @Test func networks() throws {
    let address = try #require(IPAddress("192.168.100.254"))
    #expect(address.network(prefixLength: 24).description == "192.168.100.0")
    #expect(address.network(prefixLength: 32) == address)
    #expect(address.network(prefixLength: 0).description == "0.0.0.0")
    let six = try #require(IPAddress("2001:db8:1:2::3"))
    #expect(six.network(prefixLength: 48).description == "2001:db8:1::")
    #expect(six.network(prefixLength: 0).description == "::")
    #expect(six.network(prefixLength: 128) == six)
    let neighbour = try #require(IPAddress("192.168.100.1"))
    #expect(address.sharesNetwork(with: neighbour, prefixLength: 24))
    #expect(!address.sharesNetwork(with: neighbour, prefixLength: 25))
    #expect(!address.sharesNetwork(with: six, prefixLength: 0))
    #expect(Subnet(address, prefixLength: 24).description == "192.168.100.0/24")
    #expect(Subnet(address, prefixLength: 24).contains(neighbour))
  }

  @Test(arguments: [
    ("127.0.0.1", "loopback"), ("::1", "loopback"), ("224.0.0.1", "multicast"), ("ff02::1", "multicast"),
    ("239.255.255.255", "multicast"), ("169.254.1.1", "link"), ("fe80::1", "link"), ("febf::1", "link"),
    ("0.0.0.0", "unspecified"), ("::", "unspecified"), ("10.0.0.1", ""), ("fec0::1", ""), ("240.0.0.1", ""),
  ])
  func kinds(text: String, kind: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.isLoopback == (kind == "loopback"))
    #expect(address.isMulticast == (kind == "multicast"))
    #expect(address.isLinkLocal == (kind == "link"))
    #expect(address.isUnspecified == (kind == "unspecified"))
  }

  @Test func orderIsByFamilyThenNumber() throws {
    let texts = ["9.0.0.0", "10.0.0.0", "192.168.0.1", "::1", "2001:db8::1"]
    let addresses = texts.compactMap(IPAddress.init)
    #expect(addresses.shuffled().sorted() == addresses)
  }
}
