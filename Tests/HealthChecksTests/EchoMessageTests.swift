import Testing

@testable import HealthChecks

@Suite struct EchoMessageTests {
  private let echo = EchoMessage(isIPv6: false, identifier: 0x1234, sequence: 7, data: [1, 2, 3, 4])
  private let answer: [UInt8] = [0, 0, 0, 0, 0x12, 0x34, 0, 7, 1, 2, 3, 4]

  @Test func theRequestIsThatOfRFC792() {
    // Type, code, checksum over all (its complement makes the sum 0xFFFF), identifier, sequence, data.
    #expect(echo.request == [8, 0, 0xE1, 0xBE, 0x12, 0x34, 0, 7, 1, 2, 3, 4])
    let six = EchoMessage(isIPv6: true, identifier: 1, sequence: 2, data: [])
    #expect(six.request == [128, 0, 0, 0, 0, 1, 0, 2])
  }

  @Test func onlyItsOwnAnswerCounts() {
    #expect(echo.isAnswered(by: answer, isRaw: false))
    let header: [UInt8] = [0x45] + [UInt8](repeating: 0, count: 19)
    #expect(echo.isAnswered(by: header + answer, isRaw: true))
    for place in [0, 1, 5, 7, 11] {
      var other = answer
      other[place] ^= 1
      #expect(!echo.isAnswered(by: header + other, isRaw: true), "byte \(place)")
    }
    // The kernel writes the identifier of datagram sockets.
    #expect(echo.isAnswered(by: [0, 0, 0, 0, 9, 9, 0, 7, 1, 2, 3, 4], isRaw: false))
  }

  @Test func everyCutPacketIsNone() {
    let header: [UInt8] = [0x4F] + [UInt8](repeating: 0, count: 59)
    let packet = header + answer
    #expect(echo.isAnswered(by: packet, isRaw: true))
    for length in 0..<packet.count { #expect(!echo.isAnswered(by: Array(packet.prefix(length)), isRaw: true)) }
  }
}
