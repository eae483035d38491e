import Foundation
import IPVS
import LoadBalancing
import Netlink
import TestSupport
import Testing

@testable import Director

/// What goes wrong between lbd and the kernel.
enum Mischief: CaseIterable {
  case none, lostAcknowledgements, lostReplies, someLostReplies, wrongSequence, wrongPort, splitReplies
  case outOfMemory, notPermitted, interrupted, noBuffers, interruptedList, silence, lostRequests, noMemoryToSend

  var script: FakeKernelMischief {
    FakeKernelMischief { mischief in
      // From NEW_SERVICE to GET_DEST.
      func refuse(_ errno: Int32) { mischief.refusals = Dictionary(uniqueKeysWithValues: (1...8).map { ($0, errno) }) }
      switch self {
      case .none: break
      case .lostAcknowledgements: mischief.losesAcknowledgements = true
      case .lostReplies: mischief.repliesUntilOverflow = 0
      case .someLostReplies: mischief.repliesUntilOverflow = 1
      case .wrongSequence: mischief.sequenceOffset = 7
      case .wrongPort: mischief.portOffset = 1
      case .splitReplies: mischief.messagesPerDatagram = 1
      case .outOfMemory: refuse(ENOMEM)
      case .notPermitted: refuse(EPERM)
      case .interrupted: refuse(EINTR)
      case .noBuffers: refuse(ENOBUFS)
      case .interruptedList: mischief.flags = .dumpInterrupted
      case .silence: mischief.isSilent = true
      case .lostRequests: mischief.losesRequests = true
      case .noMemoryToSend: mischief.sendingFails = ENOBUFS
      }
    }
  }
}

/// However netlink misbehaves, it ends with the table right.
@Suite(.timeLimit(.minutes(20))) struct MisbehavingKernelTests {
  private let romexis = LoadBalancer(virtualServices: [Samples.romexis])
  private let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
  private let mark = "mark \(MarkAssignment.defaultBase) (IPv4) wlc: "

  private func expected(_ state: OperatorState) -> String {
    switch state {
    case .online: mark + "10.10.90.201:0 100"
    case .drain: mark + "10.10.90.201:0 0, 10.10.90.202:0 1"
    case .halt: mark + "10.10.90.202:0 1"
    }
  }

  @Test(arguments: Mischief.allCases) func oneExchangeGoesWrong(_ mischief: Mischief) async throws {
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      try await harness.advance { try await harness.kernel.tableLines() == [expected(.online)] }
      for state in [OperatorState.halt, .online] {
        await harness.kernel.misbehave(mischief)
        try await harness.director.setOperatorState(state, of: name, by: "root")
        await harness.kernel.behave()
        try await harness.advance { try await harness.kernel.tableLines() == [expected(state)] }
      }
    }
  }

  /// Several in a row, while operators act and others interfere.
  @Test func manyExchangesGoWrong() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(state: seed)
    let rounds = ProcessInfo.processInfo.environment["LBD_FULL"] == "1" ? 2000 : 100
    let harness = try DirectorHarness(romexis)
    try await harness.running {
      var state = OperatorState.online
      try await harness.advance { try await harness.kernel.tableLines() == [expected(state)] }
      for round in 1...rounds {
        let mischief = (0..<Int.random(in: 1...6, using: &random)).map { _ in
          Mischief.allCases.randomElement(using: &random) ?? .none
        }
        if Int.random(in: 0..<4, using: &random) == 0 { await harness.kernel.flushIPVS() }
        await harness.kernel.misbehave(mischief)
        state = OperatorState.allCases.randomElement(using: &random) ?? .online
        try await harness.director.setOperatorState(state, of: name, by: "root")
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
          harness.clock.advance(by: .milliseconds(500))
          await harness.director.settle()
        }
        await harness.kernel.behave()
        do {
          try await harness.advance { try await harness.kernel.tableLines() == [expected(state)] }
        } catch {
          let held = try await harness.kernel.tableLines()
          Issue.record("seed \(seed), round \(round): \(mischief) end with \(held), not \(expected(state))")
          return
        }
      }
    }
  }
}
