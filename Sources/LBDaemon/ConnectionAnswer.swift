import ControlAPI
import HummingbirdCore
import NIOCore

/// The answer to `GET /v1/connections`.
struct ConnectionAnswer: Sendable {
  let source: any ConnectionSource

  /// The first connections, and the summary of all.
  func beginning() async throws(APIError) -> ConnectionList {
    var tally = ConnectionTally()
    var first: [Connection] = []
    while let piece = try await source.next() {
      for connection in piece { tally.add(connection) }
      first += piece.prefix(ConnectionList.shownMax - first.count)
    }
    return ConnectionList(summary: tally.summary, connections: first)
  }

  /// All connections, one a line and a piece at a time, and the summary after them.
  var body: ResponseBody {
    ResponseBody { writer in
      var tally = ConnectionTally()
      var text = ByteBuffer(string: "{\"connections\":[")
      var isFirst = true
      while let piece = try await source.next() {
        for connection in piece {
          tally.add(connection)
          text.writeString(isFirst ? "\n" : ",\n")
          text.writeBytes(try ControlJSON.compact(connection))
          isFirst = false
        }
        guard text.readableBytes > 0 else { continue }
        try await writer.write(text)
        text.clear()
      }
      text.writeString("\n],\"summary\":")
      text.writeBytes(try ControlJSON.compact(tally.summary))
      text.writeString("}\n")
      try await writer.write(text)
      try await writer.finish(nil)
    }
  }
}
