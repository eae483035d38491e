public import Netlink

/// The nftables table `inet lbd`: marks packets for IPVS and translates sources.
///
/// Each call blocks until the kernel has answered. Not sendable: it belongs to the thread of its socket.
public final class PacketMarkTable {
  let connection: NetlinkConnection
  /// The generation of all of nf_tables up to which nobody but us changed something.
  private var seenGeneration: UInt32?

  /// On a socket of family netfilter.
  public init(_ transport: any NetlinkTransport, timeLimit: Duration = .seconds(60)) {
    connection = NetlinkConnection(transport, timeLimit: timeLimit)
  }

  /// The port of the socket, which the kernel names in the notifications of changes made here.
  public var portID: UInt32 { connection.transport.portID }

  /// Reads what the table holds; nil when it is not there, or somebody else's. One of lbd's that is not as this
  /// version makes it is ``PacketMarkState/spoilt``.
  ///
  /// - Throws: ``PacketMarkError/exchange(_:)``; with ``NetlinkError/Code/dumpInterrupted`` when somebody went on
  ///   changing nf_tables while it was read.
  public func read() throws(PacketMarkError) -> PacketMarkState? {
    do throws(NetlinkError) {
      let (state, generation) = try readUnchanged()
      seenGeneration = generation
      return state
    } catch {
      throw .exchange(error)
    }
  }

  /// Whether somebody else changed nf_tables, this table or another, since the last ``read()``, not counting our own
  /// changes; costs one small message.
  public func hasForeignChanges() throws(PacketMarkError) -> Bool {
    try generation() != seenGeneration
  }

  /// The number that the kernel counts up with each transaction on nf_tables, anybody's (`NFT_MSG_GETGEN`).
  public func generation() throws(PacketMarkError) -> UInt32 {
    do throws(NetlinkError) { return try readGeneration() } catch { throw .exchange(error) }
  }

  /// Makes changes in one transaction: all of them, or when it throws ``PacketMarkError/refused(_:)``, none. The table is
  /// there while it holds something.
  ///
  /// - Parameters:
  ///   - changes: In any order; what is removed is removed first.
  ///   - held: What the table holds, as ``read()`` or the call before gave it. When that is nil or
  ///     ``PacketMarkState/spoilt`` the table is made anew, in place of one that may be there, and `changes` is all that
  ///     it is to hold.
  /// - Returns: What it holds now; nil when it is not there any more.
  /// - Throws: ``PacketMarkError/tableMissing`` when the table is not there although it should be.
  @discardableResult
  public func apply(
    _ changes: [PacketMarkChange], to held: PacketMarkState?
  ) throws(PacketMarkError) -> PacketMarkState? {
    guard !changes.isEmpty else { return held }
    let before = held?.isSpoilt == true ? nil : held
    var after = before ?? PacketMarkState()
    for change in changes { after.apply(change) }
    try commit(
      after.isEmpty ? MarkStep.removal : MarkStep.steps(for: changes, from: before, to: after),
      "change the nftables table inet \(TableLayout.name)")
    return after.isEmpty ? nil : after
  }

  private func commit(_ steps: [MarkStep], _ operation: String) throws(PacketMarkError) {
    let failures: [BatchFailure]
    var committed: UInt32?
    do throws(NetlinkError) {
      failures = try connection.transaction(
        operation, subsystem: NFTables.subsystem, echoingGeneration: true, count: steps.count
      ) { index, builder in
        steps[index].append(to: &builder)
      } reply: { header, payload throws(NetlinkError) in
        guard header.type == NFTables.Message.newGeneration.type else { return }
        committed = try PacketMarkTable.generation(in: payload)
      }
    } catch {
      throw .exchange(error)
    }
    guard failures.isEmpty else { throw PacketMarkTable.error(failures, steps) }
    // Between two of ours lies somebody else's unless they follow each other.
    if let committed, let seenGeneration, committed == seenGeneration &+ 1 { self.seenGeneration = committed }
  }

  private static func error(_ failures: [BatchFailure], _ steps: [MarkStep]) -> PacketMarkError {
    let found = failures.map { PacketMarkFailure(steps[$0.index], errno: $0.errno, detail: $0.detail) }
    let isTableMissing =
      found.count == steps.count && found.allSatisfy { $0.errno == NFTablesErrno.notFound }
      && steps.contains { if case .removeElement = $0.action { false } else { true } }
    return isTableMissing ? .tableMissing : .refused(found)
  }
}
