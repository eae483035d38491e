public import LoadBalancing
public import Netlink

/// The version of IPVS and the size of its connection table.
public struct IPVSVersion: Hashable, Sendable, CustomStringConvertible {
  public var major: Int
  public var minor: Int
  public var patch: Int
  /// The number of buckets.
  public var connectionTableSize: UInt32

  /// "1.2.1".
  public var description: String { "\(major).\(minor).\(patch)" }
}

extension IPVSTable {
  /// Reads how long IPVS keeps idle connections; all three are there.
  public func timeouts() throws(NetlinkError) -> KernelTimeouts {
    try withCurrentFamily { () throws(NetlinkError) in
      var timeouts = KernelTimeouts()
      try connection.request("read the IPVS timeouts") { builder in
        message(&builder, IPVSWire.Command.getConfiguration)
      } reply: { _, payload throws(NetlinkError) in
        try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
          switch type {
          case IPVSWire.Top.timeoutTCP: timeouts.tcp = try value.integer(UInt32.self)
          case IPVSWire.Top.timeoutTCPFin: timeouts.tcpFin = try value.integer(UInt32.self)
          case IPVSWire.Top.timeoutUDP: timeouts.udp = try value.integer(UInt32.self)
          default: break
          }
        }
      }
      return timeouts
    }
  }

  /// Sets how long IPVS keeps idle connections; nil and 0 leave a value as it is.
  ///
  /// - Throws: ``NetlinkError/Code/kernel(_:)`` with EINVAL for values the kernel cannot count.
  public func setTimeouts(_ timeouts: KernelTimeouts) throws(NetlinkError) {
    try withCurrentFamily { () throws(NetlinkError) in
      try connection.request("set the IPVS timeouts") { builder in
        message(&builder, IPVSWire.Command.setConfiguration) {
          if let tcp = timeouts.tcp { $0.attribute(IPVSWire.Top.timeoutTCP, tcp) }
          if let tcpFin = timeouts.tcpFin { $0.attribute(IPVSWire.Top.timeoutTCPFin, tcpFin) }
          if let udp = timeouts.udp { $0.attribute(IPVSWire.Top.timeoutUDP, udp) }
        }
      }
    }
  }

  /// Reads the version of IPVS in the kernel.
  public func version() throws(NetlinkError) -> IPVSVersion {
    try withCurrentFamily { () throws(NetlinkError) in
      var version: UInt32 = 0
      var size: UInt32 = 0
      try connection.request("read the version of IPVS") { builder in
        message(&builder, IPVSWire.Command.getInformation)
      } reply: { _, payload throws(NetlinkError) in
        try payload.forEachAttribute(from: GenericNetlink.headerByteCount) { type, value throws(NetlinkError) in
          switch type {
          case IPVSWire.Information.version: version = try value.integer()
          case IPVSWire.Information.connectionTableSize: size = try value.integer()
          default: break
          }
        }
      }
      // NVERSION in linux/ip_vs.h: one byte each
      return IPVSVersion(
        major: Int(version >> 16 & 0xFF), minor: Int(version >> 8 & 0xFF), patch: Int(version & 0xFF),
        connectionTableSize: size)
    }
  }
}
