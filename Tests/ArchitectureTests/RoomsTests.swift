import Testing

/// The map of rooms: who may import whom. The package manager does not enforce it, since an undeclared import of a
/// dependency's dependency builds.
@Suite struct RoomsTests {
  /// What each room may import of the others; arrows point down only.
  private let map: [String: Set<String>] = [
    "LoadBalancing": [],
    "LinuxSystem": ["CLinux"],
    "LBConfiguration": ["LoadBalancing", "LinuxSystem", "CLibXML2"],
    "Netlink": ["CLibNL"],
    "IPVS": ["LoadBalancing", "Netlink"],
    "PacketMarks": ["LoadBalancing", "LinuxSystem", "Netlink"],
    "Interfaces": ["LoadBalancing", "LinuxSystem", "Netlink", "CLinux", "CLibPcap"],
    "CheckPrograms": ["LinuxSystem"],
    "HealthChecks": ["LoadBalancing", "LinuxSystem", "CheckPrograms"],
    "Director": [
      "LoadBalancing", "LinuxSystem", "Netlink", "IPVS", "PacketMarks", "Interfaces", "HealthChecks",
    ],
    "Diagnosis": ["LoadBalancing", "LinuxSystem", "Netlink", "IPVS", "PacketMarks", "Interfaces", "Director"],
    "ClientWatch": ["LoadBalancing", "LinuxSystem", "Netlink", "Interfaces"],
    "ControlAPI": [],
    "LBDaemon": [
      "LoadBalancing", "LinuxSystem", "LBConfiguration", "Netlink", "IPVS", "CheckPrograms", "HealthChecks",
      "Director", "Diagnosis", "ClientWatch", "ControlAPI",
    ],
    "LBCommands": ["LoadBalancing", "LinuxSystem", "LBConfiguration", "ControlAPI"],
    "lbd": ["LBDaemon", "CheckPrograms"],
    "lbctl": ["LBCommands"],
  ]

  /// What each room may import from outside the package. Never Foundation: it links 40 MB of ICU.
  private let outside: [String: Set<String>] = [
    "LoadBalancing": [],
    "CheckPrograms": ["Glibc", "Synchronization", "ArgumentParser", "Subprocess", "SystemPackage", "UnixSignals"],
    "ControlAPI": ["FoundationEssentials", "NIOCore", "NIOHTTP1", "NIOPosix"],
    "HealthChecks": ["Glibc", "Synchronization", "Crypto", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"],
    "Director": ["Glibc", "Synchronization", "FoundationEssentials"],
    "LBDaemon": [
      "Glibc", "Synchronization", "FoundationEssentials", "ArgumentParser", "HTTPTypes", "HummingbirdCore", "Logging",
      "NIOCore", "NIOHTTPTypes", "NIOPosix", "ServiceLifecycle", "Subprocess", "SystemPackage", "UnixSignals",
    ],
    "LBCommands": ["Glibc", "FoundationEssentials", "ArgumentParser", "NIOCore", "Subprocess"],
  ]

  @Test func everyRoomIsOnTheMap() throws {
    let rooms = Set(try SourceTree().files.map(\.room))
    #expect(rooms == Set(map.keys))
  }

  @Test func roomsImportOnlyWhatTheMapAllows() throws {
    for file in try SourceTree().files {
      let allowed = map[file.room, default: []].union(outside[file.room] ?? ["Glibc", "Synchronization"])
      for module in file.imports {
        #expect(allowed.contains(module), "\(file.path) imports \(module), which \(file.room) must not know")
      }
    }
  }

  @Test func theMapHasNoWayBack() {
    for room in map.keys {
      var reached: Set<String> = []
      var next = map[room, default: []]
      while let one = next.popFirst() {
        if reached.insert(one).inserted { next.formUnion(map[one, default: []]) }
      }
      #expect(!reached.contains(room), "\(room) reaches itself")
    }
  }
}
