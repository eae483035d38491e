/// The numbers of the generic netlink family `IPVS` (`linux/ip_vs.h`).
enum IPVSWire {
  static let familyName = "IPVS"

  /// `IPVS_CMD_…`
  enum Command {
    static let newService: UInt8 = 1
    static let setService: UInt8 = 2
    static let deleteService: UInt8 = 3
    static let getService: UInt8 = 4
    static let newDestination: UInt8 = 5
    static let setDestination: UInt8 = 6
    static let deleteDestination: UInt8 = 7
    static let getDestination: UInt8 = 8
    static let setConfiguration: UInt8 = 12
    static let getConfiguration: UInt8 = 13
    static let getInformation: UInt8 = 15
  }

  /// `IPVS_CMD_ATTR_…`
  enum Top {
    static let service: UInt16 = 1
    static let destination: UInt16 = 2
    static let timeoutTCP: UInt16 = 4
    static let timeoutTCPFin: UInt16 = 5
    static let timeoutUDP: UInt16 = 6
  }

  /// `IPVS_SVC_ATTR_…`
  enum Service {
    static let family: UInt16 = 1
    static let protocolNumber: UInt16 = 2
    static let address: UInt16 = 3
    static let port: UInt16 = 4
    static let firewallMark: UInt16 = 5
    static let schedulerName: UInt16 = 6
    static let flags: UInt16 = 7
    static let timeout: UInt16 = 8
    static let netmask: UInt16 = 9
    static let persistenceEngine: UInt16 = 11
    static let statistics64: UInt16 = 12
  }

  /// `IPVS_DEST_ATTR_…`
  enum Destination {
    static let address: UInt16 = 1
    static let port: UInt16 = 2
    static let method: UInt16 = 3
    static let weight: UInt16 = 4
    static let upperThreshold: UInt16 = 5
    static let lowerThreshold: UInt16 = 6
    static let activeConnections: UInt16 = 7
    static let inactiveConnections: UInt16 = 8
    static let persistentConnections: UInt16 = 9
    static let family: UInt16 = 11
    static let statistics64: UInt16 = 12
    static let tunnelKind: UInt16 = 13
    static let tunnelPort: UInt16 = 14
    static let tunnelFlags: UInt16 = 15
  }

  /// `IPVS_INFO_ATTR_…`
  enum Information {
    static let version: UInt16 = 1
    static let connectionTableSize: UInt16 = 2
  }
}
