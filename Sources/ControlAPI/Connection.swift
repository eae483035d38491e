/// A connection in the kernel's table.
public struct Connection: Codable, Hashable, Sendable {
  /// Absent when it belongs to no virtual service of lbd's.
  public var service: String?
  /// Absent for the fallback, and for a server that the configuration does not name any more.
  public var server: String?
  /// Present and true when the fallback has it.
  public var fallback: Bool?
  /// Present and true for a template of persistence: it keeps a client with its server and carries no packets.
  public var template: Bool?
  /// `tcp`, `udp`, `sctp`; `ip` for a template that holds for all of them.
  public var `protocol`: String
  public var client: String
  /// 0 for a template.
  public var clientPort: UInt16
  /// What the client addressed; absent for a template on a mark.
  public var virtualAddress: String?
  public var virtualPort: UInt16
  public var destination: String
  public var destinationPort: UInt16
  /// The kernel's word: `ESTABLISHED`, `SYN_RECV`, …
  public var state: String
  /// Seconds until the kernel forgets it unless a packet comes.
  public var expiresIn: UInt32

  public init(
    service: String? = nil, server: String? = nil, fallback: Bool? = nil, template: Bool? = nil, protocol: String,
    client: String, clientPort: UInt16, virtualAddress: String?, virtualPort: UInt16, destination: String,
    destinationPort: UInt16, state: String, expiresIn: UInt32
  ) {
    self.service = service
    self.server = server
    self.fallback = fallback
    self.template = template
    self.protocol = `protocol`
    self.client = client
    self.clientPort = clientPort
    self.virtualAddress = virtualAddress
    self.virtualPort = virtualPort
    self.destination = destination
    self.destinationPort = destinationPort
    self.state = state
    self.expiresIn = expiresIn
  }
}

/// The connections of the kernel's table that fit a filter: the answer to `GET /v1/connections`.
public struct ConnectionList: Codable, Hashable, Sendable {
  /// Of all that fit.
  public var summary: ConnectionSummary
  /// All of them, or the first ``shownMax``.
  public var connections: [Connection]

  /// How many are listed unless all are asked for.
  public static let shownMax = 100

  public init(summary: ConnectionSummary = ConnectionSummary(), connections: [Connection] = []) {
    self.summary = summary
    self.connections = connections
  }
}

/// How many connections there are, by service, server and state.
public struct ConnectionSummary: Codable, Hashable, Sendable {
  /// Those of one server.
  public struct Group: Codable, Hashable, Sendable {
    public var service: String?
    public var server: String?
    public var fallback: Bool?
    /// The kernel's words and how many connections are in that state, templates left out.
    public var states: [String: UInt64]
    public var templates: UInt64

    public init(
      service: String? = nil, server: String? = nil, fallback: Bool? = nil, states: [String: UInt64] = [:],
      templates: UInt64 = 0
    ) {
      self.service = service
      self.server = server
      self.fallback = fallback
      self.states = states
      self.templates = templates
    }
  }

  /// Without templates.
  public var total: UInt64
  public var templates: UInt64
  /// By service and server, as they were first met.
  public var groups: [Group]

  public init(total: UInt64 = 0, templates: UInt64 = 0, groups: [Group] = []) {
    self.total = total
    self.templates = templates
    self.groups = groups
  }
}

/// Which connections are wanted; nil wants any.
public struct ConnectionFilter: Hashable, Sendable {
  public var service: String?
  /// A label, or an address.
  public var server: String?
  public var client: String?
  /// The kernel's word, in any case.
  public var state: String?

  public init(service: String? = nil, server: String? = nil, client: String? = nil, state: String? = nil) {
    self.service = service
    self.server = server
    self.client = client
    self.state = state
  }

  /// Templates have no state of a connection: a filter by state leaves them out.
  public func fits(_ connection: Connection) -> Bool {
    if let service, connection.service != service { return false }
    if let server, connection.server != server, connection.destination != server { return false }
    if let client, connection.client != client { return false }
    guard let state else { return true }
    return connection.template != true && connection.state == state.uppercased()
  }
}

/// Connections that come a bounded number at a time, so that a large table needs no large memory.
public protocol ConnectionSource: Sendable {
  /// The next of them that fit, perhaps none; nil after the last.
  func next() async throws(APIError) -> [Connection]?
}

extension ConnectionFilter {
  init(_ query: borrowing Query) {
    self.init(
      service: query.text("service"), server: query.text("server"), client: query.text("client"),
      state: query.text("state"))
  }

  /// As it goes on the wire.
  var query: [(name: String, value: String)] {
    [("service", service), ("server", server), ("client", client), ("state", state)].compactMap { name, value in
      value.map { (name, PercentEncoding.encode($0)) }
    }
  }
}
