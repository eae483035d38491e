import Foundation

/// Something that was waited for did not come about.
struct Expired: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again until `probe` has a value; what others do in real time has no other sign.
///
/// The limit is far beyond what the slowest lab needs: it ends a test that would never end, and measures nothing.
@discardableResult
func eventually<Value>(
  _ what: String, within limit: Duration = .seconds(120), every pause: Duration = .milliseconds(200),
  _ probe: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try await probe() { return value }
    guard ContinuousClock.now < deadline else {
      throw Expired(description: "waited \(limit.components.seconds) s in vain: \(what)")
    }
    try await Task.sleep(for: pause)
  }
}

/// As `eventually`, for a condition.
func eventually(
  _ what: String, within limit: Duration = .seconds(120), is condition: () async throws -> Bool
) async throws {
  try await eventually(what, within: limit) { try await condition() ? () : nil }
}
