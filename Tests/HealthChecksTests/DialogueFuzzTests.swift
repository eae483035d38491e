import Foundation
import LoadBalancing
import TestSupport
import Testing

@testable import HealthChecks

/// Replies that are nearly right: each dialogue ends or waits, and never crashes.
@Suite struct DialogueFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["LBD_FULL"] == "1" ? 1_000_000 : 3_000

  /// What a well server says to these dialogues, one reply after the other.
  private static func replies(_ sample: KindSample, to dialogue: any Dialogue) -> [[UInt8]] {
    var replies = sample.greeting.isEmpty ? [] : [sample.greeting]
    for answer in sample.answers {
      let run = DialogueRun(dialogue, replies, isDatagram: sample.check.usesDatagrams)
      guard let request = run.sent.last, let reply = answer(request) else { break }
      replies.append(reply)
    }
    return replies
  }

  static func mutate(_ bytes: inout [UInt8], with generator: inout SplitMix64) {
    let place = Int.random(in: 0...bytes.count, using: &generator)
    let length = min(Int.random(in: 1...8, using: &generator), bytes.count - place)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0 ... .max, using: &generator)
    case 1 where place < bytes.count:
      bytes[place] = [0, 0x7F, 0x80, 0xFF, 0x0A, 0xC0].randomElement(using: &generator) ?? 0
    case 2: bytes.removeSubrange(place..<(place + length))
    case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
    case 4: bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: length), at: place)
    default: bytes.removeSubrange(place...)
    }
  }

  /// As a connection may bring it: half of them byte by byte, the others in two pieces or in one.
  private static func chunks(of reply: [UInt8], with generator: inout SplitMix64) -> [[UInt8]] {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0, 1: return reply.single
    case 2:
      let place = Int.random(in: 0...reply.count, using: &generator)
      return [Array(reply[..<place]), Array(reply[place...])].filter { !$0.isEmpty }
    default: return [reply]
    }
  }

  @Test(arguments: KindSample.all + KindSample.upgrades) func everyMutantIsJudged(sample: KindSample) {
    let seed = UInt64.random(in: .min ... .max)
    print("\(sample.check.type) seed \(seed)")
    var generator = SplitMix64(state: seed)
    let dialogue = sample.check.dialogue(with: .loopback, port: 1)
    let isDatagram = sample.check.usesDatagrams
    let well = Self.replies(sample, to: dialogue)
    #expect(DialogueRun(dialogue, well, isDatagram: isDatagram).passed != nil)
    if !isDatagram {
      #expect(DialogueRun(dialogue, well.flatMap(\.single)).passed != nil, "byte by byte")
    }
    for round in 0..<Self.rounds {
      var replies = well
      let chosen = Int.random(in: replies.indices, using: &generator)
      for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&replies[chosen], with: &generator) }
      if !isDatagram { replies = replies.flatMap { Self.chunks(of: $0, with: &generator) } }
      let run = DialogueRun(dialogue, replies, closes: !isDatagram, isDatagram: isDatagram)
      let message = run.passed ?? run.failed ?? ""
      if message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        Issue.record("seed \(seed), round \(round): \(message.debugDescription)")
      }
      if !isDatagram, run.passed == nil, run.failed == nil { Issue.record("seed \(seed), round \(round): no end") }
    }
  }
}
