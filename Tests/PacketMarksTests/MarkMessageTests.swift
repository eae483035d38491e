import LoadBalancing
import Netlink
import Testing

@testable import PacketMarks

/// Messages against literal bytes; `nft --debug=mnl` shows the same for the same commands, but for the numbers of
/// registers (one has two) and the flag of nested attributes.
struct MarkMessageTests {
  private func bytes(_ action: MarkStep.Action) -> [UInt8] {
    var builder = MessageBuilder()
    MarkStep(action: action).append(to: &builder)
    return builder.bytes
  }

  @Test func `a range of ports becomes an element of ranges4`() {
    let selector = PacketMarkSelector(
      address: IPAddress(family: .inet, value: 0x0A0A_5AC7), protocolNumber: 6, ports: 50000...60000)
    #expect(
      bytes(.addElement(MarkElement(selector, 0x1001)))
        == [
          0, 0, 0, 0, 0x0C, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWSETELEM, REQUEST|CREATE, -, -
          1, 0, 0, 0,  // NFPROTO_INET, version, resource
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // LIST_TABLE "lbd"
          12, 0, 2, 0, 0x72, 0x61, 0x6E, 0x67, 0x65, 0x73, 0x34, 0,  // LIST_SET "ranges4"
          60, 0, 3, 0x80,  // LIST_ELEMENTS
          56, 0, 1, 0x80,  // LIST_ELEM
          20, 0, 1, 0x80, 16, 0, 1, 0, 10, 10, 90, 199, 6, 0, 0, 0, 0xC3, 0x50, 0, 0,  // KEY: address . tcp . 50000
          20, 0, 10, 0x80, 16, 0, 1, 0, 10, 10, 90, 199, 6, 0, 0, 0, 0xEA, 0x60, 0, 0,  // KEY_END: … . 60000
          12, 0, 2, 0x80, 8, 0, 1, 0, 0x01, 0x10, 0, 0,  // DATA: the mark in host order
        ].withLength)
  }

  @Test func `a single port becomes an element of marks4`() {
    let selector = PacketMarkSelector(
      address: IPAddress(family: .inet, value: 0x0A0A_5AC7), protocolNumber: 6, ports: 104...104)
    #expect(
      bytes(.addElement(MarkElement(selector, 0x1001)))
        == [
          0, 0, 0, 0, 0x0C, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWSETELEM, REQUEST|CREATE, -, -
          1, 0, 0, 0,  // NFPROTO_INET, version, resource
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // LIST_TABLE "lbd"
          11, 0, 2, 0, 0x6D, 0x61, 0x72, 0x6B, 0x73, 0x34, 0, 0,  // LIST_SET "marks4", padding
          40, 0, 3, 0x80,  // LIST_ELEMENTS
          36, 0, 1, 0x80,  // LIST_ELEM
          20, 0, 1, 0x80, 16, 0, 1, 0, 10, 10, 90, 199, 6, 0, 0, 0, 0, 104, 0, 0,  // KEY: address . tcp . 104
          12, 0, 2, 0x80, 8, 0, 1, 0, 0x01, 0x10, 0, 0,  // DATA: the mark in host order
        ].withLength)
  }

  @Test func `an element is removed by its key alone`() {
    let key = SourceTranslation.Key(mark: 0x1003, family: .inet)
    let element = MarkElement(key, .address(IPAddress(family: .inet, value: 0x0A01_0101)))
    #expect(
      bytes(.removeElement(element))
        == [
          0, 0, 0, 0, 0x0E, 0x0A, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // length, DELSETELEM, REQUEST
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // LIST_TABLE "lbd"
          10, 0, 2, 0, 0x73, 0x6E, 0x61, 0x74, 0x34, 0, 0, 0,  // LIST_SET "snat4", padding
          20, 0, 3, 0x80, 16, 0, 1, 0x80,  // LIST_ELEMENTS, LIST_ELEM
          12, 0, 1, 0x80, 8, 0, 1, 0, 0x03, 0x10, 0, 0,  // KEY: the mark in host order
        ].withLength)
  }

  @Test func `a subnet and an interface become a range of addresses on one interface`() {
    let masquerade = OutboundMasquerade(
      source: Subnet(IPAddress(family: .inet, value: 0xC0A8_6400), prefixLength: 24), interface: "eth1")
    let name: [UInt8] = [0x65, 0x74, 0x68, 0x31] + [UInt8](repeating: 0, count: 12)
    let element = MarkElement(masquerade)
    #expect(element.set == .outbound4)
    #expect(element.key == [192, 168, 100, 0] + name)
    #expect(element.keyEnd == [192, 168, 100, 255] + name)
    #expect(element.value == nil)
  }

  @Test func `the map of single ports is a hash table`() {
    #expect(
      bytes(.makeSet(.marks4))
        == [
          0, 0, 0, 0, 0x09, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWSET, REQUEST|CREATE
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
          11, 0, 2, 0, 0x6D, 0x61, 0x72, 0x6B, 0x73, 0x34, 0, 0,  // NAME "marks4"
          8, 0, 3, 0, 0, 0, 0, 0x08,  // FLAGS: MAP
          8, 0, 4, 0, 0, 0, 0x73, 0x0D,  // KEY_TYPE: ipv4_addr . inet_proto . inet_service
          8, 0, 5, 0, 0, 0, 0, 12,  // KEY_LEN
          8, 0, 6, 0, 0, 0, 0, 19,  // DATA_TYPE: mark
          8, 0, 7, 0, 0, 0, 0, 4,  // DATA_LEN
          8, 0, 10, 0, 0, 0, 0, 1,  // ID
          10, 0, 13, 0, 1, 4, 1, 0, 0, 0, 0, 0,  // USERDATA: data in host order; padding
        ].withLength)
  }

  @Test func `the map of ranges is a concatenation with ranges`() {
    #expect(
      bytes(.makeSet(.ranges4))
        == [
          0, 0, 0, 0, 0x09, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWSET, REQUEST|CREATE
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
          12, 0, 2, 0, 0x72, 0x61, 0x6E, 0x67, 0x65, 0x73, 0x34, 0,  // NAME "ranges4"
          8, 0, 3, 0, 0, 0, 0, 0x8C,  // FLAGS: CONCAT|MAP|INTERVAL
          8, 0, 4, 0, 0, 0, 0x73, 0x0D,  // KEY_TYPE: ipv4_addr . inet_proto . inet_service
          8, 0, 5, 0, 0, 0, 0, 12,  // KEY_LEN
          8, 0, 6, 0, 0, 0, 0, 19,  // DATA_TYPE: mark
          8, 0, 7, 0, 0, 0, 0, 4,  // DATA_LEN
          8, 0, 10, 0, 0, 0, 0, 3,  // ID
          44, 0, 9, 0x80, 40, 0, 2, 0x80,  // DESC, CONCAT
          12, 0, 1, 0x80, 8, 0, 1, 0, 0, 0, 0, 4,  // FIELD_LEN of the address
          12, 0, 1, 0x80, 8, 0, 1, 0, 0, 0, 0, 1,  // … of the protocol
          12, 0, 1, 0x80, 8, 0, 1, 0, 0, 0, 0, 2,  // … of the port
          10, 0, 13, 0, 1, 4, 1, 0, 0, 0, 0, 0,  // USERDATA: data in host order; padding
        ].withLength)
  }

  @Test func `the chain that marks sees what is for this machine, before IPVS`() {
    #expect(
      bytes(.makeChain(.input))
        == [
          0, 0, 0, 0, 0x03, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWCHAIN, REQUEST|CREATE
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
          10, 0, 3, 0, 0x69, 0x6E, 0x70, 0x75, 0x74, 0, 0, 0,  // NAME "input"
          20, 0, 4, 0x80, 8, 0, 1, 0, 0, 0, 0, 1,  // HOOK: NUM NF_INET_LOCAL_IN
          8, 0, 2, 0, 0xFF, 0xFF, 0xFF, 0x6A,  // PRIORITY -150
          8, 0, 5, 0, 0, 0, 0, 1,  // POLICY NF_ACCEPT
          11, 0, 7, 0, 0x66, 0x69, 0x6C, 0x74, 0x65, 0x72, 0, 0,  // TYPE "filter"
        ].withLength)
  }

  @Test func `the chain of clients on the load balancer itself is of type route`() {
    #expect(
      bytes(.makeChain(.output))
        == [
          0, 0, 0, 0, 0x03, 0x0A, 0x01, 0x04, 0, 0, 0, 0, 0, 0, 0, 0,  // length, NEWCHAIN, REQUEST|CREATE
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
          11, 0, 3, 0, 0x6F, 0x75, 0x74, 0x70, 0x75, 0x74, 0, 0,  // NAME "output"
          20, 0, 4, 0x80, 8, 0, 1, 0, 0, 0, 0, 3,  // HOOK: NUM NF_INET_LOCAL_OUT
          8, 0, 2, 0, 0xFF, 0xFF, 0xFF, 0x6A,  // PRIORITY -150
          8, 0, 5, 0, 0, 0, 0, 1,  // POLICY NF_ACCEPT
          10, 0, 7, 0, 0x72, 0x6F, 0x75, 0x74, 0x65, 0, 0, 0,  // TYPE "route"
        ].withLength)
  }

  @Test func `packets with a mark or without a socket are left alone in output`() {
    let message = bytes(.makeRule(.output, .markOwn(.marks4)))
    #expect(
      Array(message.dropFirst(44).prefix(160)) == [
        36, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x65, 0x74, 0x61, 0, 0, 0, 0,  // "meta"
        20, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 3,  // DREG 8, KEY mark
        44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6D, 0x70, 0,  // "cmp"
        32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 0,  // SREG 8, OP ==
        12, 0, 3, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // DATA 0
        36, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x65, 0x74, 0x61, 0, 0, 0, 0,  // "meta"
        20, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 10,  // DREG 8, KEY skuid
        44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6D, 0x70, 0,  // "cmp"
        32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 5,  // SREG 8, OP >=
        12, 0, 3, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // DATA 0
      ])
  }

  private static let flagsWithoutSYN: [UInt8] = [
    52, 0, 1, 0x80, 12, 0, 1, 0, 0x70, 0x61, 0x79, 0x6C, 0x6F, 0x61, 0x64, 0,  // "payload"
    36, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 2,  // DREG 8, BASE transport
    8, 0, 3, 0, 0, 0, 0, 12, 8, 0, 4, 0, 0, 0, 0, 4,  // OFFSET, LEN: the flags are the second of four bytes
    68, 0, 1, 0x80, 12, 0, 1, 0, 0x62, 0x69, 0x74, 0x77, 0x69, 0x73, 0x65, 0,  // "bitwise"
    52, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 8, 8, 0, 3, 0, 0, 0, 0, 4,  // SREG, DREG, LEN
    12, 0, 4, 0x80, 8, 0, 1, 0, 0, 2, 0, 0, 12, 0, 5, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // MASK: SYN, XOR
    44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6D, 0x70, 0,  // "cmp"
    32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 0,  // SREG 8, OP ==
    12, 0, 3, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // DATA 0
  ]

  private static let isTCP: [UInt8] = [
    36, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x65, 0x74, 0x61, 0, 0, 0, 0,  // "meta"
    20, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 16,  // DREG 8, KEY l4proto
    44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6D, 0x70, 0,  // "cmp"
    32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 0,  // SREG 8, OP ==
    12, 0, 3, 0x80, 5, 0, 1, 0, 6, 0, 0, 0,  // DATA IPPROTO_TCP
  ]

  private static let accept: [UInt8] = [
    48, 0, 1, 0x80, 14, 0, 1, 0, 0x69, 0x6D, 0x6D, 0x65, 0x64, 0x69, 0x61, 0x74, 0x65, 0, 0, 0,  // "immediate"
    28, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // DREG verdict
    16, 0, 2, 0x80, 12, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 1,  // DATA, VERDICT: CODE NF_ACCEPT
  ]

  private static let comment: [UInt8] =
    [27, 0, 7, 0, 0, 21] + Array("begins no connection".utf8) + [0, 0]  // USERDATA: COMMENT, length; padding

  @Test(arguments: [
    (onlyTCP: true, expressions: flagsWithoutSYN + accept),
    (onlyTCP: false, expressions: flagsWithoutSYN + isTCP + accept),
  ])
  func `segments that are no SYN end the chain`(onlyTCP: Bool, expressions: [UInt8]) {
    let message = bytes(.makeRule(.input, .passSegments(onlyTCP: onlyTCP)))
    let length = expressions.count + 4
    #expect(
      Array(message.dropFirst(40)) == [UInt8(length & 0xFF), UInt8(length >> 8), 4, 0x80] + expressions + Self.comment)
  }

  @Test func `a chain is emptied by its name`() {
    #expect(
      bytes(.dropRules(.input))
        == [
          0, 0, 0, 0, 0x08, 0x0A, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // length, DELRULE, REQUEST
          1, 0, 0, 0,
          8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
          10, 0, 2, 0, 0x69, 0x6E, 0x70, 0x75, 0x74, 0, 0, 0,  // CHAIN "input"
        ].withLength)
  }

  @Test func `a rule is its expressions one after the other`() {
    let message = bytes(.makeRule(.postrouting, .masquerade(.inet)))
    #expect(
      Array(message.dropFirst(20)) == [
        8, 0, 1, 0, 0x6C, 0x62, 0x64, 0,  // TABLE "lbd"
        16, 0, 2, 0, 0x70, 0x6F, 0x73, 0x74, 0x72, 0x6F, 0x75, 0x74, 0x69, 0x6E, 0x67, 0,  // CHAIN "postrouting"
        192, 0, 4, 0x80,  // EXPRESSIONS
        36, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x65, 0x74, 0x61, 0, 0, 0, 0,  // "meta"
        20, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 15,  // DREG 8, KEY nfproto
        44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6D, 0x70, 0,  // "cmp"
        32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 0,  // SREG 8, OP ==
        12, 0, 3, 0x80, 5, 0, 1, 0, 2, 0, 0, 0,  // DATA NFPROTO_IPV4
        36, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x65, 0x74, 0x61, 0, 0, 0, 0,  // "meta"
        20, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 8, 8, 0, 2, 0, 0, 0, 0, 3,  // DREG 8, KEY mark
        52, 0, 1, 0x80, 11, 0, 1, 0, 0x6C, 0x6F, 0x6F, 0x6B, 0x75, 0x70, 0, 0,  // "lookup"
        36, 0, 2, 0x80, 16, 0, 1, 0,  // SET "masquerade4"
        0x6D, 0x61, 0x73, 0x71, 0x75, 0x65, 0x72, 0x61, 0x64, 0x65, 0x34, 0,
        8, 0, 2, 0, 0, 0, 0, 8, 8, 0, 4, 0, 0, 0, 0, 5,  // SREG 8, SET_ID 5
        20, 0, 1, 0x80, 9, 0, 1, 0, 0x6D, 0x61, 0x73, 0x71, 0, 0, 0, 0, 4, 0, 2, 0x80,  // "masq"
      ])
  }
}

extension [UInt8] {
  /// The same with the netlink length that belongs to it.
  fileprivate var withLength: [UInt8] {
    var bytes = self
    bytes.replaceSubrange(0..<2, with: [UInt8(count & 0xFF), UInt8(count >> 8)])
    return bytes
  }
}
