import IPVS
import LinuxSystem
import Netlink
import Synchronization

/// Reads the counters of the IPVS table on a thread and a socket of its own: whoever asks for them keeps no change
/// waiting, and those who ask while it reads share the next reading.
actor CounterReader {
  private let executor: ThreadExecutor
  private let openGeneric: LinuxKernel.Opening
  private var table: IPVSTable?
  /// Kept as long as somebody waits who may be answered with it.
  private var last: (began: ContinuousClock.Instant, counters: IPVSCounterTable)?
  private let waiting = Atomic<Int>(0)

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(executor: ThreadExecutor, openGeneric: @escaping LinuxKernel.Opening) {
    self.executor = executor
    self.openGeneric = openGeneric
  }

  /// The counters of a moment after the call.
  nonisolated func counters() async throws(KernelError) -> IPVSCounterTable {
    waiting.add(1, ordering: .relaxed)
    return try await read(after: .now)
  }

  private func openTable() throws(NetlinkError) -> IPVSTable {
    if let table { return table }
    let opened = try IPVSTable(transport: try openGeneric())
    table = opened
    return opened
  }

  private func read(after asked: ContinuousClock.Instant) throws(KernelError) -> IPVSCounterTable {
    defer { if waiting.subtract(1, ordering: .relaxed).newValue == 0 { last = nil } }
    if let last, last.began >= asked { return last.counters }
    do throws(NetlinkError) {
      let began = ContinuousClock.now
      let counters = try openTable().read().counters
      last = (began, counters)
      return counters
    } catch {
      table = nil
      throw KernelError(error)
    }
  }
}
