/// What an edit says about an element: names are those of the XML format.
public struct ElementChange: Hashable, Sendable {
  /// The attributes that get these values.
  public var attributes: [String: String]
  /// Attributes and inner elements that go; those that are not there are no mistake.
  public var removed: Set<String>
  /// What it says about inner elements that stand once: they are changed, or made where they are missing.
  public var inner: [String: ElementChange]

  public init(
    attributes: [String: String] = [:], removed: Set<String> = [], inner: [String: ElementChange] = [:]
  ) {
    self.attributes = attributes
    self.removed = removed
    self.inner = inner
  }

  func giving(_ name: String, _ value: String) -> ElementChange {
    var change = self
    change.attributes[name] = value
    return change
  }
}
