/// Generic netlink: families that share one netlink protocol and are found by name.
public enum GenericNetlink {
  /// The header's size in bytes (`struct genlmsghdr`), to be skipped before the attributes.
  public static let headerByteCount = 4

  /// The number and version of a family.
  public struct Family: Hashable, Sendable {
    public let id: UInt16
    public let version: UInt32
  }

  /// Asks the kernel for a family (`CTRL_CMD_GETFAMILY` in `linux/genetlink.h`), which may load its module.
  ///
  /// - Throws: ``NetlinkError/Code/familyNotFound(_:)``, or what the exchange throws.
  public static func resolve(family name: String, over connection: NetlinkConnection) throws(NetlinkError) -> Family {
    var id: UInt16?
    var version: UInt32 = 1
    do throws(NetlinkError) {
      try connection.request("find the kernel's generic netlink family '\(name)'") { builder in
        builder.message(type: Control.family) {
          $0.genericHeader(command: Control.getFamily)
          $0.attribute(Control.familyName, name)
        }
      } reply: { _, payload throws(NetlinkError) in
        try payload.forEachAttribute(from: headerByteCount) { type, value throws(NetlinkError) in
          switch type {
          case Control.familyID: id = try value.integer()
          case Control.familyVersion: version = try value.integer()
          default: break
          }
        }
      }
    } catch {
      guard error.code == .kernel(KernelErrno.notFound) else { throw error }
      throw NetlinkError(.familyNotFound(name), error.operation)
    }
    guard let id else { throw .malformed("a generic netlink family without number") }
    return Family(id: id, version: version)
  }

  /// `GENL_ID_CTRL`, `CTRL_CMD_…` and `CTRL_ATTR_…` in `linux/genetlink.h`.
  private enum Control {
    static let family: UInt16 = 0x10
    static let getFamily: UInt8 = 3
    static let familyID: UInt16 = 1
    static let familyName: UInt16 = 2
    static let familyVersion: UInt16 = 3
  }
}
