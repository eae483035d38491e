import IPVS
import LoadBalancing
import Netlink
import TestSupport

/// The address with this text, which must be one.
func ip(_ text: String) -> IPAddress {
  guard let address = IPAddress(text) else { fatalError("'\(text)' is no address") }
  return address
}

let web = IPVSService.Key.address(ip("10.10.90.200"), port: 104, protocol: 6)
let web6 = IPVSService.Key.address(ip("2001:db8::1"), port: 443, protocol: 6)
let mark = IPVSService.Key.firewallMark(7, .inet)

func server(
  _ address: String, _ port: UInt16 = 104, _ method: IPVSDestination.Method = .direct, weight: Int32 = 1,
  tunnel: IPVSTunnel? = nil
) -> IPVSDestination {
  IPVSDestination(
    key: IPVSDestination.Key(address: ip(address), port: port), method: method, weight: weight, tunnel: tunnel)
}

/// A table over a fake kernel whose script begins after IPVS was found.
func table(over kernel: FakeKernel, _ script: FakeKernelMischief...) throws -> IPVSTable {
  let table = try IPVSTable(transport: kernel)
  kernel.script = script
  return table
}

/// The error code that the body throws; nil when it throws none.
func code(_ body: () throws(NetlinkError) -> Void) -> NetlinkError.Code? {
  do throws(NetlinkError) {
    try body()
    return nil
  } catch {
    return error.code
  }
}
