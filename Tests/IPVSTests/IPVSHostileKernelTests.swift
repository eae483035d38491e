import IPVS
import LoadBalancing
import Netlink
import TestSupport
import Testing

@Suite struct IPVSHostileKernelTests {
  private func filled(servers: Int = 20) throws -> (FakeKernel, IPVSTable) {
    let kernel = FakeKernel()
    let table = try table(over: kernel)
    _ = try table.apply(
      [.addService(IPVSService(key: web, scheduler: "wlc"))]
        + (1...servers).map { .addDestination(server("10.0.0.\($0)"), in: web) })
    return (kernel, table)
  }

  /// What reading meets, and whether the next reading is right again.
  private func reading(_ mischief: FakeKernelMischief) throws -> NetlinkError.Code? {
    let (kernel, table) = try filled()
    let whole = try table.read()
    kernel.script = [FakeKernelMischief(), mischief]
    let failure = code { () throws(NetlinkError) in _ = try table.read() }
    #expect(try table.read() == whole, "the reading after that is right")
    return failure
  }

  @Test func wrongSequenceNumbersAreNotBelieved() throws {
    #expect(try reading(FakeKernelMischief { $0.sequenceOffset = 1 }) == .timedOut)
  }

  @Test func anotherPortIsNotBelieved() throws {
    #expect(try reading(FakeKernelMischief { $0.portOffset = 1 }) == .timedOut)
  }

  @Test(arguments: [0, 1, 10, 20]) func lostRepliesAreNoticed(after kept: Int) throws {
    let mischief = FakeKernelMischief {
      $0.messagesPerDatagram = 4
      $0.repliesUntilOverflow = kept
    }
    #expect(try reading(mischief) == .repliesLost)
  }

  @Test func anInterruptedListIsReported() throws {
    #expect(try reading(FakeKernelMischief { $0.flags = .dumpInterrupted }) == .dumpInterrupted)
  }

  @Test func aZeroLengthAttributeIsNoEndlessLoop() throws {
    let mischief = FakeKernelMischief {
      // The nest's length, behind both headers.
      $0.distortion = { bytes in bytes.count < 60 ? bytes : bytes.replacing(20..<22, with: [0, 0]) }
    }
    #expect(try reading(mischief) == .malformedReply)
  }

  @Test func anAttributePastTheEndIsAnError() throws {
    let mischief = FakeKernelMischief {
      $0.distortion = { bytes in bytes.count < 60 ? bytes : bytes.replacing(20..<22, with: [0xFF, 0xFF]) }
    }
    #expect(try reading(mischief) == .malformedReply)
  }

  @Test func aTruncatedValueIsAnError() throws {
    let mischief = FakeKernelMischief {
      // The address of the first server: 8 bytes where 16 are due, which leaves the rest as attributes of length 0.
      $0.distortion = { bytes in bytes.count < 60 ? bytes : bytes.replacing(24..<26, with: [12, 0]) }
    }
    #expect(try reading(mischief) == .malformedReply)
  }

  @Test func everyTruncationOfADatagramIsAnErrorOrATimeout() throws {
    let (kernel, table) = try filled(servers: 2)
    let whole = try table.read()
    for kept in 0..<300 {
      kernel.script = [FakeKernelMischief(), FakeKernelMischief { $0.distortion = { Array($0.prefix(kept)) } }]
      let failure = code { () throws(NetlinkError) in _ = try table.read() }
      #expect(failure != nil, "\(kept) bytes")
    }
    #expect(try table.read() == whole)
  }

  @Test func anyByteMayBeWrong() throws {
    let (kernel, table) = try filled(servers: 2)
    let whole = try table.read()
    for place in 0..<400 {
      kernel.script = [
        FakeKernelMischief(),
        FakeKernelMischief {
          $0.distortion = { bytes in
            place < bytes.count ? bytes.replacing(place..<place + 1, with: [~bytes[place]]) : bytes
          }
        },
      ]
      // Whatever comes out, it comes out, and the socket is none the worse.
      _ = code { () throws(NetlinkError) in _ = try table.read() }
      #expect(try table.read() == whole, "byte \(place)")
    }
  }

  @Test func datagramsOfNobodyAreSkipped() throws {
    let strays: [[UInt8]] = [
      [], FakeKernel.stray(type: 0x21, sequence: 0), FakeKernel.stray(type: 3, sequence: 12345),
    ]
    #expect(try reading(FakeKernelMischief { $0.strayDatagrams = strays }) == nil)
  }

  @Test func aChangeWhoseAcknowledgementIsLostWasMade() throws {
    let (kernel, table) = try filled()
    kernel.script = [FakeKernelMischief { $0.losesAcknowledgements = true }]
    #expect(code { () throws(NetlinkError) in _ = try table.apply([.removeService(web)]) } == .timedOut)
    #expect(try table.read().entries.isEmpty)
  }

  @Test func changesWhoseRepliesOverflowWereMade() throws {
    let (kernel, table) = try filled()
    kernel.script = [FakeKernelMischief { $0.repliesUntilOverflow = 3 }]
    // Each is refused: there are no such servers.
    let changes = (1...10).map { IPVSChange.removeDestination(server("10.9.9.\($0)").key, in: web) }
    let failure = code { () throws(NetlinkError) in
      _ = try table.apply(changes + [.addService(IPVSService(key: mark, scheduler: "rr"))])
    }
    #expect(failure == .repliesLost)
    #expect(try table.read().entries[mark] != nil)
  }

  @Test func aServiceOfAnUnknownKindIsAnError() throws {
    let (kernel, table) = try filled()
    kernel.script = [
      FakeKernelMischief {
        // IPVS_SVC_ATTR_AF of the first service becomes AF_UNIX.
        $0.distortion = { bytes in bytes.count < 60 ? bytes : bytes.replacing(28..<29, with: [1]) }
      }
    ]
    #expect(code { () throws(NetlinkError) in _ = try table.read() } == .malformedReply)
  }
}

extension [UInt8] {
  fileprivate func replacing(_ range: Range<Int>, with bytes: [UInt8]) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(range, with: bytes)
    return copy
  }
}

extension FakeKernel {
  fileprivate static func stray(type: UInt8, sequence: UInt16) -> [UInt8] {
    [
      20, 0, 0, 0, type, 0, 0, 0, UInt8(truncatingIfNeeded: sequence), UInt8(sequence >> 8), 0, 0, 0x90, 0x1F, 1, 0,
      0, 0, 0, 0,
    ]
  }
}
