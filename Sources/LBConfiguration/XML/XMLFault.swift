/// Why bytes are no document that lbd reads, and the line where it shows.
struct XMLFault: Error, Hashable, Sendable {
  /// Counted from 1.
  let line: Int
  let message: String
}
