import FoundationEssentials

/// As much of JSON Schema (draft 2020-12) as the files in `Config/schemas` use; anything else in them is a fault.
///
/// Keys that a schema does not name are faults too: the schemas document every key.
struct JSONSchema {
  indirect enum Value: Decodable {
    case object([String: Value])
    case array([Value])
    case string(String)
    case number(Double)
    case boolean(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .string(value)
      } else if let value = try? container.decode([Value].self) {
        self = .array(value)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }

    var object: [String: Value] { if case .object(let value) = self { value } else { [:] } }
    var array: [Value] { if case .array(let value) = self { value } else { [] } }
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
  }

  /// All files, by their names.
  let files: [String: Value]

  init(directory: String) throws {
    var files: [String: Value] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      let bytes = try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))
      files[name] = try JSONDecoder().decode(Value.self, from: bytes)
    }
    self.files = files
  }

  /// What is wrong with a document, each with its place; empty when nothing is.
  func faults(of document: Data, against file: String) throws -> [String] {
    guard let schema = files[file] else { return ["there is no schema \(file)"] }
    return faults(of: try JSONDecoder().decode(Value.self, from: document), schema.object, at: "$")
  }

  private func faults(of value: Value, _ schema: [String: Value], at place: String) -> [String] {
    let parts = resolved(schema)
    var faults = parts.flatMap { simpleFaults(of: value, $0, at: place) }
    if case .object(let members) = value {
      let properties = parts.reduce(into: [String: Value]()) { all, part in
        all.merge(part["properties"]?.object ?? [:]) { first, _ in first }
      }
      let other = parts.compactMap { $0["additionalProperties"] }.first
      for (name, member) in members {
        guard let property = properties[name] ?? other else {
          faults.append("\(place).\(name) is not in the schema")
          continue
        }
        faults += self.faults(of: member, property.object, at: "\(place).\(name)")
      }
    }
    return faults
  }

  private func simpleFaults(of value: Value, _ schema: [String: Value], at place: String) -> [String] {
    var faults: [String] = []
    for (keyword, rule) in schema {
      switch keyword {
      case "$schema", "$id", "title", "description", "properties", "additionalProperties", "allOf",
        "$ref":
        break
      case "type": if !matches(value, rule.string ?? "") { faults.append("\(place) is no \(rule)") }
      case "enum":
        if !rule.array.compactMap(\.string).contains(value.string ?? "") { faults.append("\(place) is not in \(rule)") }
      case "required":
        for name in rule.array.compactMap(\.string) where value.object[name] == nil {
          faults.append("\(place).\(name) is missing")
        }
      case "items":
        for (index, item) in value.array.enumerated() {
          faults += self.faults(of: item, rule.object, at: "\(place)[\(index)]")
        }
      case "minimum":
        if let bound = rule.number, value.number ?? bound < bound { faults.append("\(place) is too small") }
      case "maximum":
        if let bound = rule.number, value.number ?? bound > bound { faults.append("\(place) is too large") }
      case "pattern":
        if let text = value.string, let expression = try? Regex(rule.string ?? ""),
          text.firstMatch(of: expression) == nil
        {
          faults.append("\(place) is not like \(rule)")
        }
      default: faults.append("the keyword \(keyword) is unknown to this test")
      }
    }
    return faults
  }

  /// The schema itself and all that it refers to.
  private func resolved(_ schema: [String: Value]) -> [[String: Value]] {
    var parts = [schema]
    if let reference = schema["$ref"]?.string {
      let sides = reference.split(separator: "#/$defs/").map(String.init)
      let target = sides.count == 2 ? files[sides[0]]?.object["$defs"]?.object[sides[1]] : nil
      parts += target.map { resolved($0.object) } ?? [["$ref to nothing: \(reference)": .boolean(false)]]
    }
    for part in schema["allOf"]?.array ?? [] { parts += resolved(part.object) }
    return parts
  }

  private func matches(_ value: Value, _ type: String) -> Bool {
    switch (value, type) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.boolean, "boolean"), (.number, "number"): true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }
}
