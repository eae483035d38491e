public import Netlink

/// Tells when somebody else changed the table `inet lbd`.
///
/// Not sendable: it belongs to the thread of its socket.
public final class PacketMarkMonitor {
  private let connection: NetlinkConnection

  /// On a socket of family netfilter that has joined ``group``.
  public init(_ transport: any NetlinkTransport) {
    connection = NetlinkConnection(transport)
  }

  /// The multicast group of nf_tables (`NFNLGRP_NFTABLES` in `linux/netfilter/nfnetlink.h`).
  public static let group: UInt32 = 7

  /// Takes what has come since the last call, without waiting.
  ///
  /// - Parameter port: the socket whose changes are lbd's own; the kernel names it in the header.
  /// - Returns: Whether something changed; true too when notifications were lost.
  /// - Throws: ``NetlinkError/Code/system(_:)``.
  public func takeChanges(besides port: UInt32?) throws(NetlinkError) -> Bool {
    try connection.takeNotifications { header, payload throws(NetlinkError) in
      guard header.port != port else { return false }
      return try PacketMarkMonitor.isAboutTable(header, payload)
    }
  }

  /// Tables, chains, rules, sets and elements all have the table's name in their first attribute
  /// (`NFTA_TABLE_NAME`, `NFTA_CHAIN_TABLE`, …); a new generation has its number there.
  private static func isAboutTable(_ header: MessageHeader, _ payload: RawSpan) throws(NetlinkError) -> Bool {
    guard header.type >> 8 == NFTables.subsystem, header.type != NFTables.Message.newGeneration.type,
      try payload.integer(UInt8.self) == NFTables.inetFamily
    else { return false }
    var isOurs = false
    try payload.forEachAttribute(from: 4) { type, value throws(NetlinkError) in
      if type == NFTables.TableAttribute.name, value.string() == TableLayout.name { isOurs = true }
    }
    return isOurs
  }
}
