import Foundation

/// Samba's programs with files of their own on one host: a share that has the host's name, and NetBIOS names.
final class Samba {
  private let network: Network
  private let host: Host
  let configurationPath: String

  init(_ network: Network, on host: Host) throws {
    self.network = network
    self.host = host
    let directory = network.path("samba-" + host.label)
    try FileManager.default.createDirectory(atPath: directory + "/share", withIntermediateDirectories: true)
    configurationPath = directory + "/smb.conf"
    let directories = ["lock directory", "state directory", "cache directory", "pid directory", "private dir"]
    try """
    [global]
      netbios name = \(host.label)
      interfaces = eth0
      local master = no
      map to guest = Bad User
      guest account = root
      smb ports = 445
      disable spoolss = yes
      load printers = no
      ncalrpc dir = \(directory)/rpc
      nmbd:socket dir = \(directory)/nmbd
      log file = \(directory)/log
      \(directories.map { "\($0) = \(directory)" }.joined(separator: "\n  "))
    [\(host.label)]
      path = \(directory)/share
      guest ok = yes

    """.write(toFile: configurationPath, atomically: true, encoding: .utf8)
  }

  /// Starts `smbd` or `nmbd`.
  @discardableResult
  func start(_ program: String) throws -> RunningProgram {
    try network.start(
      [program, "--foreground", "--no-process-group", "--debug-stdout", "--configfile", configurationPath], in: host,
      log: "\(program)-\(host.label)")
  }
}

extension Network {
  /// The names of the file shares that `smbclient` is shown at an address; empty while it is shown none.
  func shares(from host: Host, at address: String) async throws -> Set<String> {
    let words = ["smbclient", "--no-pass", "--grepable", "--list", "//\(address)"]
    let result = try await result(of: words, in: host)
    return Set(
      result.output.split(separator: "\n").filter { $0.hasPrefix("Disk|") }
        .compactMap { $0.split(separator: "|").dropFirst().first.map(String.init) })
  }

  /// The NetBIOS name that answers for an address over UDP, as `nmblookup` is told it; nil while nobody does.
  func netBIOSName(from host: Host, at address: String) async throws -> String? {
    let result = try await result(of: ["nmblookup", "--lookup-by-ip", address], in: host)
    // `	PACS1           <00> -         B <ACTIVE> `
    let line = result.output.split(separator: "\n").first { $0.contains("<00>") && !$0.contains("<GROUP>") }
    return line?.split(whereSeparator: \.isWhitespace).first.map(String.init)
  }
}
