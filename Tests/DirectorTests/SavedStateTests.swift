import Foundation
import IPVS
import Interfaces
import LoadBalancing
import Testing

@testable import Director

@Suite struct SavedStateTests {
  private var sample: SavedState {
    var state = SavedState()
    state[ServerName(service: "RomexisVIP", server: "RomexisServer1")] = .halt
    state.owned.services = [
      .firewallMark(7, .inet), .address(Samples.address("2001:db8::1"), port: 80, protocol: 6),
    ]
    state.owned.addresses = [
      InterfaceAddress(address: Samples.address("10.10.90.199"), prefixLength: 32, interface: "eth0")
    ]
    state.marks = MarkAssignment(marks: ["RomexisVIP": 7])
    state.originalSysctls = ["net/ipv4/vs/conntrack": "0"]
    state.bootID = "a boot"
    return state
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let bytes = try JSONEncoder().encode(sample)
    #expect(try JSONDecoder().decode(SavedState.self, from: bytes) == sample)
  }

  @Test func theFileReadsWell() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(sample), as: UTF8.self)
    #expect(
      text
        == #"{"bootID":"a boot","marks":{"marks":{"RomexisVIP":7}},"operatorStates":{"RomexisVIP":{"RomexisServer1":"#
        + #""halt"}},"originalSysctls":{"net/ipv4/vs/conntrack":"0"},"owned":{"addresses":["10.10.90.199/32 eth0"],"#
        + #""services":["6 2001:db8::1 80","mark 7 inet"]},"version":1,"withdrawn":false}"#)
  }

  @Test(
    "what cannot be understood is an error, not skipped",
    arguments: ["mark x inet", "6 10.0.0.1", "300 10.0.0.1 80", "mark 7 ipx", ""])
  func damage(service: String) {
    let json = #"{"services":["\#(service)"],"addresses":[]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Ownership.self, from: Data(json.utf8))
    }
  }

  @Test func anotherBootForgetsTheKernelAndKeepsTheOperatorsWord() {
    var state = sample
    state.began(bootID: "another boot")
    #expect(state.owned == Ownership())
    #expect(state.originalSysctls.isEmpty)
    #expect(state[ServerName(service: "RomexisVIP", server: "RomexisServer1")] == .halt)
    #expect(state.marks.marks == ["RomexisVIP": 7])
  }

  @Test func onlineIsTheStateOfWhoHasNoEntry() {
    var state = sample
    let name = ServerName(service: "RomexisVIP", server: "RomexisServer1")
    state[name] = .online
    #expect(state.operatorStates.isEmpty)
    #expect(state[name] == .online)
  }
}
