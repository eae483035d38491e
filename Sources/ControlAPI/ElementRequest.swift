/// The body of an edit: an element of the configuration as a JSON object.
///
/// Keys are the names of the XML format in camelCase. A text, number or boolean is an attribute's value, an object an
/// inner element, `null` takes attribute or element away:
/// `{"label":"Web","ports":"80,443","persistence":{"timeout":300},"fallback":null}`.
public struct ElementRequest: Hashable, Sendable {
  /// By their names in the XML format.
  public var attributes: [String: String]
  public var removed: Set<String>
  public var inner: [String: ElementRequest]

  public init(
    attributes: [String: String] = [:], removed: Set<String> = [], inner: [String: ElementRequest] = [:]
  ) {
    self.attributes = attributes
    self.removed = removed
    self.inner = inner
  }
}

extension ElementRequest: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    /// From `minimum-connections` to `minimumConnections`.
    init(attribute: String) {
      let words = attribute.split(separator: "-")
      stringValue = words.dropFirst().reduce(String(words.first ?? "")) {
        $0 + $1.prefix(1).uppercased() + $1.dropFirst()
      }
    }

    var attribute: String {
      stringValue.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if try container.decodeNil(forKey: key) {
        removed.insert(key.attribute)
      } else if let value = Self.value(key, container) {
        attributes[key.attribute] = value
      } else {
        inner[key.attribute] = try container.decode(ElementRequest.self, forKey: key)
      }
    }
  }

  private static func value(_ key: Key, _ container: KeyedDecodingContainer<Key>) -> String? {
    if let text = try? container.decode(String.self, forKey: key) { return text }
    if let flag = try? container.decode(Bool.self, forKey: key) { return flag ? "yes" : "no" }
    if let number = try? container.decode(Int64.self, forKey: key) { return "\(number)" }
    return (try? container.decode(Double.self, forKey: key)).map { "\($0)" }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, value) in attributes { try container.encode(value, forKey: Key(attribute: name)) }
    for (name, element) in inner { try container.encode(element, forKey: Key(attribute: name)) }
    for name in removed { try container.encodeNil(forKey: Key(attribute: name)) }
  }
}
