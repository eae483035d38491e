import Glibc
public import Netlink

/// The kernel's IPVS table, over generic netlink.
///
/// Not sendable: it lives on the thread that its netlink socket belongs to. The kernel tells nobody of changes: look.
public final class IPVSTable {
  let connection: NetlinkConnection
  private var family: GenericNetlink.Family
  /// What was last read without counters. Each new listing is compared with it: where both are equal nothing is hashed.
  var listings: [IPVSService.Key: Listing] = [:]

  /// Finds IPVS in the kernel.
  ///
  /// - Parameters:
  ///   - transport: A generic netlink socket.
  ///   - timeLimit: How long the kernel may stay silent.
  /// - Throws: ``NetlinkError/Code/familyNotFound(_:)`` when IPVS is not in the kernel.
  public init(transport: any NetlinkTransport, timeLimit: Duration = .seconds(5)) throws(NetlinkError) {
    // Thousands of services have short lists: with room for 32 KiB a third of the time went into clearing datagrams.
    // The kernel's smallest ones must fit (`NLMSG_GOODSIZE` in `linux/netlink.h`: a page, at most 8 KiB, less what it
    // notes behind them). Where there is a choice, datagram and notes together fit 8 KiB.
    let datagramBytesMax = sysconf(Int32(_SC_PAGESIZE)) < 8 << 10 ? 15 << 9 : 8 << 10
    connection = NetlinkConnection(transport, timeLimit: timeLimit, datagramBytesMax: datagramBytesMax)
    family = try GenericNetlink.resolve(family: IPVSWire.familyName, over: connection)
  }

  /// Appends a message of the family.
  func message(_ builder: inout MessageBuilder, _ command: UInt8, _ body: (inout MessageBuilder) -> Void = { _ in }) {
    builder.message(type: family.id) {
      $0.genericHeader(command: command)
      body(&$0)
    }
  }

  /// Does something that fails with ENOENT only when the family's number is no longer right, and then once again:
  /// a module that is unloaded and loaded gets another number.
  func withCurrentFamily<Result>(_ body: () throws(NetlinkError) -> Result) throws(NetlinkError) -> Result {
    do throws(NetlinkError) {
      return try body()
    } catch {
      guard error.code == .kernel(KernelErrno.notFound) else { throw error }
      family = try GenericNetlink.resolve(family: IPVSWire.familyName, over: connection)
      return try body()
    }
  }
}
