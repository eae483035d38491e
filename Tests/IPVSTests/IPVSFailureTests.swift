import IPVS
import LoadBalancing
import TestSupport
import Testing

@Suite struct IPVSFailureTests {
  private static let good = IPVSService(key: web, scheduler: "wlc")
  private static let gone = server("10.9.9.9")

  @Test(
    arguments: [
      (IPVSChange.addService(good), IPVSFailure.Code.alreadyExists, 17, "the kernel has it already"),
      (
        .addService(IPVSService(key: mark, scheduler: "mystery")), .schedulerMissing, 2, "modprobe ip_vs_mystery"
      ),
      (
        .addService(IPVSService(key: mark, scheduler: "rr", persistenceEngine: "h323")), .schedulerMissing, 2,
        "modprobe ip_vs_pe_h323"
      ),
      (
        .editService(IPVSService(key: web, scheduler: "mystery")), .schedulerMissing, 2, "modprobe ip_vs_mystery"
      ),
      (.editService(IPVSService(key: mark, scheduler: "rr")), .serviceMissing, 3, "no such service"),
      (.removeService(mark), .serviceMissing, 3, "no such service"),
      (.addService(IPVSService(key: web6, scheduler: "rr", granularity: 0)), .invalid, 22, "netmask"),
      (.addDestination(server("10.0.0.1"), in: web), .alreadyExists, 17, "the kernel has it already"),
      (.addDestination(gone, in: mark), .serviceMissing, 3, "no such service"),
      (.addDestination(server("10.0.0.2", weight: -1), in: web), .outOfRange, 34, "weight"),
      (.addDestination(server("2001:db8::2"), in: web), .invalid, 22, "only be reached through a tunnel"),
      (.editDestination(gone, in: web), .destinationMissing, 2, "no such server"),
      (.removeDestination(gone.key, in: web), .destinationMissing, 2, "no such server"),
      (.removeDestination(gone.key, in: mark), .serviceMissing, 3, "no such service"),
    ] as [(IPVSChange, IPVSFailure.Code, Int32, String)])
  func aRefusalSaysWhatItMeans(change: IPVSChange, code: IPVSFailure.Code, errno: Int32, words: String) throws {
    let table = try table(over: FakeKernel())
    #expect(
      try table.apply([.addService(IPVSFailureTests.good), .addDestination(server("10.0.0.1"), in: web)]).isEmpty)
    let failure = try #require(try table.apply([change]).first)
    #expect(failure.change == change)
    #expect(failure.code == code)
    #expect(failure.errno == errno)
    #expect(failure.description.hasPrefix("cannot \(change): "))
    #expect(failure.description.contains(words))
    #expect(failure.description.contains("errno \(errno)"))
  }

  @Test func noRightToChangeNamesTheCapability() {
    let failure = IPVSFailure(change: .removeService(web), errno: 1)
    #expect(failure.code == .notPermitted)
    #expect(
      failure.description == "cannot remove service TCP 10.10.90.200:104: it needs the capability CAP_NET_ADMIN"
        + " in the initial user namespace [Operation not permitted (EPERM, errno 1)]")
  }

  @Test func anUnknownErrnoKeepsItsNumberAndTheKernelsWords() {
    let failure = IPVSFailure(change: .removeService(web6), errno: 12, detail: "no room")
    #expect(failure.code == .other)
    #expect(
      failure.description == "cannot remove service TCP [2001:db8::1]:443: the kernel refused"
        + " [Cannot allocate memory (ENOMEM, errno 12); no room]")
  }

  @Test func aRefusedChangeDoesNotStopTheOthers() throws {
    let table = try table(over: FakeKernel())
    var changes: [IPVSChange] = [.addService(IPVSFailureTests.good)]
    for number in 0..<600 {
      let destination = server("10.0.\(number / 200).\(number % 200)")
      changes.append(.addDestination(destination, in: number % 100 == 7 ? mark : web))
    }
    let failures = try table.apply(changes)
    #expect(failures.map(\.change) == [7, 107, 207, 307, 407, 507].map { changes[$0 + 1] })
    #expect(try table.read().entries[web]?.destinations.count == 594)
  }
}
