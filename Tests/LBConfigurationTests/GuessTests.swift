import LoadBalancing
import Testing

@testable import LBConfiguration

@Suite struct GuessTests {
  @Test(arguments: [
    ("forwardin", "forwarding"), ("fowarding", "forwarding"), ("forwrading", "forwarding"),
    ("Forwarding", "forwarding"),
    ("scheduller", "scheduler"), ("sheduler", "scheduler"), ("port", "ports"), ("lable", "label"),
    ("firewallmark", "firewall-mark"),
  ])
  func oneSlipIsUnderstood(typed: String, meant: String) {
    #expect(Guess.nearest(to: typed, among: VirtualServiceAttributes.all.map(\.name)) == meant)
  }

  @Test(arguments: ["colour", "x", "", "http"])
  func farWordsAreNoGuess(typed: String) {
    #expect(Guess.nearest(to: typed, among: VirtualServiceAttributes.all.map(\.name)) == nil)
  }

  @Test func shortWordsNeedToBeNearer() {
    let forwardings = Forwarding.allCases.map(\.rawValue)
    #expect(Guess.nearest(to: "DR", among: forwardings) == "dr")
    #expect(Guess.nearest(to: "snt", among: forwardings) == "snat")
    #expect(Guess.nearest(to: "masq", among: forwardings) == nil)
  }
}
