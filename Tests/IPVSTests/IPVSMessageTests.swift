import IPVS
import LoadBalancing
import TestSupport
import Testing

/// Every request, byte by byte (`linux/ip_vs.h`); the sequence number is taken out.
@Suite struct IPVSMessageTests {
  private func bytes(_ change: IPVSChange) throws -> [UInt8] {
    let kernel = FakeKernel()
    _ = try table(over: kernel).apply([change])
    return try lastSent(kernel)
  }

  private func lastSent(_ kernel: FakeKernel) throws -> [UInt8] {
    var bytes = try #require(kernel.sent.last)
    bytes.replaceSubrange(8..<12, with: [0, 0, 0, 0])
    return bytes
  }

  /// The header of an IPVS message: `struct nlmsghdr` and `struct genlmsghdr`.
  private func header(_ length: UInt8, _ command: UInt8, flags: (UInt8, UInt8) = (0x05, 0)) -> [UInt8] {
    [
      length, 0, 0, 0,  // nlmsg_len
      0x21, 0,  // nlmsg_type: the family
      flags.0, flags.1,  // nlmsg_flags: REQUEST | ACK, or REQUEST | DUMP
      0, 0, 0, 0,  // nlmsg_seq, taken out
      0x90, 0x1F, 0x01, 0,  // nlmsg_pid
      command, 1, 0, 0,  // cmd, version 1, reserved
    ]
  }

  private let webKey: [UInt8] = [
    6, 0, 1, 0, 2, 0, 0, 0,  // IPVS_SVC_ATTR_AF: AF_INET
    6, 0, 2, 0, 6, 0, 0, 0,  // IPVS_SVC_ATTR_PROTOCOL: TCP
    20, 0, 3, 0, 10, 10, 90, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // IPVS_SVC_ATTR_ADDR
    6, 0, 4, 0, 0, 104, 0, 0,  // IPVS_SVC_ATTR_PORT, network order
  ]

  @Test func addService() throws {
    let service = IPVSService(
      key: web, scheduler: "wlc", flags: .persistent, persistenceTimeout: 300, granularity: 24)
    #expect(
      try bytes(.addService(service)) == header(104, 1) + [
        84, 0, 1, 0x80,  // IPVS_CMD_ATTR_SERVICE, nested
      ] + webKey + [
        8, 0, 6, 0, 0x77, 0x6C, 0x63, 0,  // IPVS_SVC_ATTR_SCHED_NAME "wlc"
        12, 0, 7, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,  // IPVS_SVC_ATTR_FLAGS: persistent, mask
        8, 0, 8, 0, 0x2C, 0x01, 0, 0,  // IPVS_SVC_ATTR_TIMEOUT 300 s
        8, 0, 9, 0, 255, 255, 255, 0,  // IPVS_SVC_ATTR_NETMASK, network order
      ])
  }

  @Test func addServiceOverIPv6WithPersistenceEngine() throws {
    let service = IPVSService(
      key: web6, scheduler: "sh", flags: [.schedulerFlag1, .schedulerFlag2], persistenceEngine: "sip")
    #expect(
      try bytes(.addService(service)) == header(112, 1) + [
        92, 0, 1, 0x80,  // IPVS_CMD_ATTR_SERVICE, nested
        6, 0, 1, 0, 10, 0, 0, 0,  // IPVS_SVC_ATTR_AF: AF_INET6
        6, 0, 2, 0, 6, 0, 0, 0,  // IPVS_SVC_ATTR_PROTOCOL: TCP
        20, 0, 3, 0, 0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  // IPVS_SVC_ATTR_ADDR
        6, 0, 4, 0, 1, 187, 0, 0,  // IPVS_SVC_ATTR_PORT 443
        7, 0, 6, 0, 0x73, 0x68, 0, 0,  // IPVS_SVC_ATTR_SCHED_NAME "sh"
        12, 0, 7, 0, 24, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,  // IPVS_SVC_ATTR_FLAGS: both of sh, mask
        8, 0, 8, 0, 0, 0, 0, 0,  // IPVS_SVC_ATTR_TIMEOUT
        8, 0, 9, 0, 128, 0, 0, 0,  // IPVS_SVC_ATTR_NETMASK: prefix length, host order
        8, 0, 11, 0, 0x73, 0x69, 0x70, 0,  // IPVS_SVC_ATTR_PE_NAME "sip"
      ])
  }

  @Test func editServiceByMark() throws {
    #expect(
      try bytes(.editService(IPVSService(key: mark, scheduler: "rr", flags: .onePacket))) == header(76, 2) + [
        56, 0, 1, 0x80,  // IPVS_CMD_ATTR_SERVICE, nested
        6, 0, 1, 0, 2, 0, 0, 0,  // IPVS_SVC_ATTR_AF: AF_INET
        8, 0, 5, 0, 7, 0, 0, 0,  // IPVS_SVC_ATTR_FWMARK
        7, 0, 6, 0, 0x72, 0x72, 0, 0,  // IPVS_SVC_ATTR_SCHED_NAME "rr"
        12, 0, 7, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,  // IPVS_SVC_ATTR_FLAGS: one packet, mask
        8, 0, 8, 0, 0, 0, 0, 0,  // IPVS_SVC_ATTR_TIMEOUT
        8, 0, 9, 0, 255, 255, 255, 255,  // IPVS_SVC_ATTR_NETMASK
      ])
  }

  @Test func removeService() throws {
    #expect(try bytes(.removeService(web)) == header(68, 3) + [48, 0, 1, 0x80] + webKey)
  }

  private let serverKey: [UInt8] = [
    6, 0, 11, 0, 2, 0, 0, 0,  // IPVS_DEST_ATTR_ADDR_FAMILY: AF_INET
    20, 0, 1, 0, 10, 10, 90, 201, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // IPVS_DEST_ATTR_ADDR
    6, 0, 2, 0, 0, 104, 0, 0,  // IPVS_DEST_ATTR_PORT, network order
  ]

  @Test func addDestination() throws {
    let destination = IPVSDestination(
      key: IPVSDestination.Key(address: ip("10.10.90.201"), port: 104), method: .direct, weight: 5,
      upperThreshold: 100, lowerThreshold: 80)
    #expect(
      try bytes(.addDestination(destination, in: web)) == header(140, 5) + [48, 0, 1, 0x80] + webKey + [
        72, 0, 2, 0x80,  // IPVS_CMD_ATTR_DEST, nested
      ] + serverKey + [
        8, 0, 3, 0, 3, 0, 0, 0,  // IPVS_DEST_ATTR_FWD_METHOD: direct
        8, 0, 4, 0, 5, 0, 0, 0,  // IPVS_DEST_ATTR_WEIGHT
        8, 0, 5, 0, 100, 0, 0, 0,  // IPVS_DEST_ATTR_U_THRESH
        8, 0, 6, 0, 80, 0, 0, 0,  // IPVS_DEST_ATTR_L_THRESH
      ])
  }

  @Test func editDestinationRepeatsTheTunnel() throws {
    let destination = server(
      "10.10.90.201", 104, .tunnel, weight: 0, tunnel: IPVSTunnel(kind: .gue, port: 6080, flags: .checksum))
    #expect(
      try bytes(.editDestination(destination, in: web)) == header(164, 6) + [48, 0, 1, 0x80] + webKey + [
        96, 0, 2, 0x80,  // IPVS_CMD_ATTR_DEST, nested
      ] + serverKey + [
        8, 0, 3, 0, 2, 0, 0, 0,  // IPVS_DEST_ATTR_FWD_METHOD: tunnel
        8, 0, 4, 0, 0, 0, 0, 0,  // IPVS_DEST_ATTR_WEIGHT
        8, 0, 5, 0, 0, 0, 0, 0,  // IPVS_DEST_ATTR_U_THRESH
        8, 0, 6, 0, 0, 0, 0, 0,  // IPVS_DEST_ATTR_L_THRESH
        5, 0, 13, 0, 1, 0, 0, 0,  // IPVS_DEST_ATTR_TUN_TYPE: GUE
        6, 0, 14, 0, 0x17, 0xC0, 0, 0,  // IPVS_DEST_ATTR_TUN_PORT 6080, network order
        6, 0, 15, 0, 1, 0, 0, 0,  // IPVS_DEST_ATTR_TUN_FLAGS: checksum
      ])
  }

  @Test func removeDestination() throws {
    #expect(
      try bytes(.removeDestination(server("10.10.90.201").key, in: web)) == header(108, 7) + [48, 0, 1, 0x80]
        + webKey + [40, 0, 2, 0x80] + serverKey)
  }

  @Test func getServices() throws {
    let kernel = FakeKernel()
    _ = try table(over: kernel).read()
    #expect(try lastSent(kernel) == header(20, 4, flags: (0x01, 0x03)))
  }

  @Test func getDestinations() throws {
    let kernel = FakeKernel()
    let table = try table(over: kernel)
    _ = try table.apply([.addService(IPVSService(key: web, scheduler: "rr"))])
    _ = try table.read()
    #expect(try lastSent(kernel) == header(68, 8, flags: (0x01, 0x03)) + [48, 0, 1, 0x80] + webKey)
  }

  @Test func setTimeouts() throws {
    let kernel = FakeKernel()
    try table(over: kernel).setTimeouts(KernelTimeouts(tcp: 900, udp: 60))
    #expect(
      try lastSent(kernel) == header(36, 12) + [
        8, 0, 4, 0, 0x84, 0x03, 0, 0,  // IPVS_CMD_ATTR_TIMEOUT_TCP
        8, 0, 6, 0, 60, 0, 0, 0,  // IPVS_CMD_ATTR_TIMEOUT_UDP
      ])
  }

  @Test func getTimeouts() throws {
    let kernel = FakeKernel()
    _ = try table(over: kernel).timeouts()
    #expect(try lastSent(kernel) == header(20, 13))
  }

  @Test func getInformation() throws {
    let kernel = FakeKernel()
    _ = try table(over: kernel).version()
    #expect(try lastSent(kernel) == header(20, 15))
  }
}
