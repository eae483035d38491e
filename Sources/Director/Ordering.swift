public import IPVS
public import Interfaces
import LoadBalancing

// Changes are made in an order that does not change from run to run.

extension IPVSService.Key: Comparable {
  public static func < (left: IPVSService.Key, right: IPVSService.Key) -> Bool {
    switch (left, right) {
    case (.address(let a, let aPort, let aProtocol), .address(let b, let bPort, let bProtocol)):
      (a, aPort, aProtocol) < (b, bPort, bProtocol)
    case (.firewallMark(let a, let aFamily), .firewallMark(let b, let bFamily)):
      (a, aFamily.rawValue) < (b, bFamily.rawValue)
    case (.address, .firewallMark): true
    case (.firewallMark, .address): false
    }
  }
}

extension IPVSDestination.Key: Comparable {
  public static func < (left: IPVSDestination.Key, right: IPVSDestination.Key) -> Bool {
    (left.address, left.port) < (right.address, right.port)
  }
}

extension InterfaceAddress: Comparable {
  public static func < (left: InterfaceAddress, right: InterfaceAddress) -> Bool {
    (left.address, left.prefixLength, left.interface) < (right.address, right.prefixLength, right.interface)
  }
}
