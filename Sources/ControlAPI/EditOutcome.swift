/// What an edit changed, or would change: the answer to every edit of the configuration.
public struct EditOutcome: Codable, Hashable, Sendable {
  /// As in ``Plan``.
  public var changes: [PlannedChange]
  /// Nothing was done.
  public var dryRun: Bool
  /// The file that was written, or would be; absent when everything is as it should be already.
  public var file: String?
  /// What an operator should know, a line each.
  public var notes: [String]

  public init(changes: [PlannedChange], dryRun: Bool, file: String? = nil, notes: [String] = []) {
    self.changes = changes
    self.dryRun = dryRun
    self.file = file
    self.notes = notes
  }
}

/// The floating IPs: the answer to `GET /v1/floating-ips`.
public struct FloatingIPList: Codable, Hashable, Sendable {
  public var floatingIPs: [FloatingIPSettings]

  public init(floatingIPs: [FloatingIPSettings]) {
    self.floatingIPs = floatingIPs
  }
}

/// An address that is not a virtual service's.
public struct FloatingIPSettings: Codable, Hashable, Sendable {
  public var address: String
  /// Absent: that of the interface's subnet.
  public var prefixLength: Int?
  /// Absent: the interface whose subnet holds the address.
  public var interface: String?

  public init(address: String, prefixLength: Int? = nil, interface: String? = nil) {
    self.address = address
    self.prefixLength = prefixLength
    self.interface = interface
  }
}
