import ControlAPI

/// Values that several tests show.
enum Samples {
  static let tenOClock = Timestamp(seconds: 1_795_168_800)
  static let now = Timestamp(seconds: tenOClock.seconds + 65)

  /// The JSON of `lbctl overview --json` in the reference, in one line with sorted keys.
  static let romexisJSON = """
    {"services":[{"address":"10.10.90.199","connections":{"active":0,"inactive":2},\
    "fallback":{"active":false,"address":"10.10.90.202","forwarding":"dr","port":0},"forwarding":"dr",\
    "label":"RomexisVIP","ports":"104,1099,2099,50000-60000","protocol":"tcp","scheduler":"wlc",\
    "servers":[{"address":"10.10.90.201","connections":{"active":0,"inactive":2},"effectiveWeight":100,\
    "health":"up","label":"RomexisServer1","lastCheck":{"at":"2026-11-20T10:00:00Z",\
    "message":"connected to port 1099 in 0.4 ms","passed":true},"port":0,"state":"online","status":"green",\
    "weight":100}],"status":"green"}]}
    """

  static let romexisServer = ServerOverview(
    label: "RomexisServer1", address: "10.10.90.201", weight: 100, effectiveWeight: 100,
    status: .green,
    state: .online, health: .up,
    lastCheck: CheckReport(
      at: tenOClock, passed: true, message: "connected to port 1099 in 0.4 ms"),
    connections: ConnectionCounts(active: 0, inactive: 2))

  static let romexis = ServiceOverview(
    label: "RomexisVIP", address: "10.10.90.199", ports: "104,1099,2099,50000-60000",
    protocol: "tcp",
    forwarding: "dr", scheduler: "wlc", status: .green,
    connections: ConnectionCounts(active: 0, inactive: 2),
    fallback: FallbackOverview(address: "10.10.90.202", forwarding: "dr", active: false),
    servers: [romexisServer])

  static let overview = Overview(services: [romexis])

  static let traffic = TrafficCounts(
    connections: 7, packetsIn: 70, packetsOut: 60, bytesIn: 7000, bytesOut: 6000,
    perSecond: .init(connections: 3, packetsIn: 30, packetsOut: 20, bytesIn: 3000, bytesOut: 2000))

  /// With what the kernel has counted.
  static let busyOverview: Overview = {
    var service = romexis
    service.traffic = traffic
    service.servers[0].traffic = traffic
    return Overview(services: [service])
  }()

  /// Every optional key, every colour.
  static let richOverview = Overview(
    services: [
      romexis,
      ServiceOverview(
        label: "Mail", firewallMark: 7, family: "inet6", forwarding: "nat", scheduler: "rr",
        status: .red,
        connections: ConnectionCounts(active: 12, inactive: 3456),
        fallback: FallbackOverview(
          address: "2001:db8::9", forwarding: "nat", port: 25, active: true),
        servers: [
          ServerOverview(
            label: "a", address: "2001:db8::1", port: 25, weight: 1, effectiveWeight: 0,
            status: .red, state: .online,
            health: .down,
            lastCheck: CheckReport(at: tenOClock, passed: false, message: "connection refused"),
            since: tenOClock, connections: ConnectionCounts(active: 12, inactive: 3456)),
          ServerOverview(
            label: "b", address: "2001:db8::2", weight: 1, effectiveWeight: 0, status: .blue,
            state: .halt,
            health: .unchecked, minimumConnections: 10, maximumConnections: 20,
            healthChecks: [check]),
        ]),
    ],
    warnings: ["10.10.90.199 is also answered for by 00:11:22:33:44:55"])

  static let check = HealthCheckSettings(
    type: "connect", port: "1099", interval: 6, timeout: 2.5, failures: 2, successes: 1)

  static let detail = ServiceDetail(
    overview: romexis,
    settings: ServiceSettings(
      interface: "eth0", persistence: PersistenceSettings(timeout: 300, granularity: 32),
      schedulerFlags: ["port"],
      healthChecks: [check]))

  static let status = DaemonStatus(
    version: "0.1.0", pid: 815, startedAt: tenOClock, uptimeSeconds: 187_265,
    configuration: ConfigurationStatus(
      files: [
        ConfigurationFile(path: "/etc/lbd/lbd.xml", readAt: tenOClock),
        ConfigurationFile(path: "/etc/lbd/conf.d/10.xml", readAt: tenOClock),
      ], runsFrom: .files, appliedAt: tenOClock))

  static let troubledStatus = DaemonStatus(
    version: "0.1.0", pid: 815, startedAt: tenOClock, uptimeSeconds: 59,
    configuration: ConfigurationStatus(
      files: [ConfigurationFile(path: "/etc/lbd/lbd.xml", readAt: tenOClock)],
      errors: [
        ConfigurationProblem(
          file: "/etc/lbd/lbd.xml", line: 3, message: "unknown attribute 'adress'")
      ],
      runsFrom: .history, appliedAt: tenOClock),
    lastError: ErrorReport(at: tenOClock, message: "the configuration has an error"), repairs: 2,
    withdrawn: true,
    warnings: ["eth0 has no link"])

  static let plan = Plan(changes: [
    PlannedChange(action: .add, service: "Mail", message: "IPVS service [2001:db8::9]:25 tcp"),
    PlannedChange(
      action: .change, service: "RomexisVIP", server: "RomexisServer1",
      message: "forwarding dr to nat",
      cutsConnections: true),
    PlannedChange(action: .remove, message: "address 10.0.0.1/32 from eth0"),
  ])

  static let edit = EditOutcome(
    changes: [PlannedChange(action: .change, service: "RomexisVIP", message: "scheduler wlc → rr")],
    dryRun: false,
    file: "/etc/lbd/lbd.xml", notes: ["copied: ports 104"])

  static let history = ConfigurationHistoryList(configurations: [
    HistoryEntry(back: 0, appliedAt: tenOClock, files: ["/etc/lbd/lbd.xml"]),
    HistoryEntry(back: 1, files: []),
  ])

  static let running = RunningConfiguration(
    runsFrom: .files,
    parts: [
      RunningPart(
        element: "virtual-service", label: "Web", file: "/etc/lbd/lbd.xml", line: 3,
        text: "<virtual-service/>")
    ])

  static let floatingIPs = FloatingIPList(floatingIPs: [
    FloatingIPSettings(address: "10.0.0.254", prefixLength: 24, interface: "eth0"),
    FloatingIPSettings(address: "2001:db8::1"),
  ])

  static let halted = StateChange(
    servers: [
      ServerInEffect(
        service: "RomexisVIP", server: "RomexisServer1", state: .halt, health: .up,
        effectiveWeight: 0,
        fallbackActive: true, note: "its connections end at their next packet")
    ],
    changes: [
      PlannedChange(
        action: .remove, service: "RomexisVIP", server: "RomexisServer1", message: "server")
    ],
    dryRun: false)

  static let events = EventList(
    events: [
      Event(id: 6, at: tenOClock, kind: .daemon, message: "started"),
      Event(
        id: 7, at: tenOClock, kind: .operator, service: "RomexisVIP", server: "RomexisServer1",
        user: "root",
        message: "halted"),
    ], last: 7)

  static let diagnosis = DiagnosisReport(
    findings: [
      DiagnosisFinding(
        code: "arp-problem", service: "Mail", server: "a",
        evidence: "a at 02:00:00:00:00:02 answers ARP",
        remedies: [
          "On the server, Linux:\n    ip address replace 10.0.0.1/32 dev lo", "Or take it off.",
        ]),
      DiagnosisFinding(code: "conntrack-off", evidence: "it is 0", remedies: []),
    ], examined: ["Looked at 1 virtual service."])

  /// One of every kind.
  static let connections = ConnectionList(
    summary: ConnectionSummary(
      total: 102, templates: 1,
      groups: [
        .init(
          service: "Mail", server: "a", states: ["ESTABLISHED": 100, "SYN_RECV": 1], templates: 1),
        .init(service: "Mail", fallback: true, states: ["ESTABLISHED": 1]),
        .init(states: ["UDP": 0]),
      ]),
    connections: [
      Connection(
        service: "Mail", server: "a", protocol: "tcp", client: "10.0.0.5", clientPort: 40_000,
        virtualAddress: "10.10.90.199", virtualPort: 104, destination: "10.10.90.201",
        destinationPort: 104,
        state: "SYN_RECV", expiresIn: 58),
      Connection(
        service: "Mail", server: "a", template: true, protocol: "ip", client: "10.0.0.0",
        clientPort: 0,
        virtualAddress: nil, virtualPort: 0, destination: "10.10.90.201", destinationPort: 0,
        state: "ASSURED",
        expiresIn: 299),
      Connection(
        service: "Mail", fallback: true, protocol: "tcp", client: "2001:db8::5", clientPort: 40_001,
        virtualAddress: "2001:db8::1", virtualPort: 25, destination: "2001:db8::9",
        destinationPort: 25,
        state: "ESTABLISHED", expiresIn: 900),
    ])

  static let validCheck = ConfigurationCheck(files: ["/etc/lbd/lbd.xml"], services: 2)
  static let invalidCheck = ConfigurationCheck(
    files: ["a.xml", "b.xml"],
    errors: [
      ConfigurationProblem(file: "a.xml", line: 3, message: "unknown attribute 'adress'"),
      ConfigurationProblem(file: "b.xml", line: 0, message: "no such file"),
    ])
}
