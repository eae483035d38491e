import ControlAPI
import Director
import IPVS
import LinuxSystem
import LoadBalancing

/// The kernel's table of connections, read once from beginning to end with the labels of the configuration.
///
/// On a thread of its own, because the kernel takes long over a large table.
actor ConnectionTable: ConnectionSource {
  /// About as many as one answer of the kernel's holds, times some.
  private static let pieceCount = 500

  private let executor: ThreadExecutor
  private let filter: ConnectionFilter
  private let labels: ConnectionLabels
  private let path: String
  private var file: StreamedLines?
  private var hasBegun = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  init(
    _ filter: ConnectionFilter, labels: ConnectionLabels, executor: ThreadExecutor, path: String = IPVSConnection.path
  ) {
    self.executor = executor
    self.filter = filter
    self.labels = labels
    self.path = path
  }

  func next() async throws(APIError) -> [Connection]? {
    do throws(SystemError) {
      return try read()
    } catch {
      throw .failed("the kernel's connections cannot be read: \(error); is the module ip_vs loaded?")
    }
  }

  private func read() throws(SystemError) -> [Connection]? {
    if !hasBegun {
      hasBegun = true
      file = try StreamedLines(path)
    }
    guard var file = file.take() else { return nil }
    var piece: [Connection] = []
    var isOpen = true
    while isOpen, piece.count < Self.pieceCount {
      isOpen = try file.readPiece { line in
        guard let entry = IPVSConnection(line: line) else { return }
        let connection = Connection(entry, owner: labels.owner(of: entry))
        if filter.fits(connection) { piece.append(connection) }
      }
    }
    if isOpen { self.file = consume file }
    return piece
  }
}

extension Connection {
  init(_ entry: IPVSConnection, owner: ConnectionLabels.Owner?) {
    let name =
      switch entry.protocolNumber {
      case 6: "tcp"
      case 17: "udp"
      case 132: "sctp"
      case 0: "ip"
      default: "\(entry.protocolNumber)"
      }
    self.init(
      service: owner?.service, server: owner?.server, fallback: owner?.isFallback == true ? true : nil,
      template: entry.isTemplate ? true : nil, protocol: name, client: entry.client.description,
      clientPort: entry.clientPort, virtualAddress: entry.mark == nil ? entry.virtual.description : nil,
      virtualPort: entry.virtualPort, destination: entry.destination.description,
      destinationPort: entry.destinationPort, state: entry.state, expiresIn: entry.expiresIn)
  }
}
