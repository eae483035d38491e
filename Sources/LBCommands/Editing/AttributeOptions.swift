import ArgumentParser
import LBConfiguration

/// Options that are the attributes of an element; each property is named like its attribute, in camelCase.
protocol AttributeOptions: ParsableArguments {}

extension AttributeOptions {
  /// What was given, by the names of the options.
  var given: [String: String] {
    Mirror(reflecting: self).children.reduce(into: [:]) { given, child in
      guard let label = child.label, let option = child.value as? Option<String?>, let value = option.wrappedValue
      else { return }
      // A property wrapper's storage has an underscore before its name.
      given[Self.optionName(label.dropFirst())] = value
    }
  }

  /// The names of the options.
  static var names: [String] {
    Mirror(reflecting: Self()).children.compactMap { child in
      child.value is Option<String?> ? child.label.map { optionName($0.dropFirst()) } : nil
    }
  }

  private static func optionName(_ property: Substring) -> String {
    property.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
  }

  /// As a change of the element; an empty value takes the attribute away.
  var change: ElementChange { ElementChange(options: given) }
}

/// Options that are the attributes of an inner element, its name in front.
protocol InnerElementOptions: AttributeOptions {
  static var element: String { get }
  /// Before the attributes' names.
  static var prefix: String { get }
}

extension InnerElementOptions {
  /// As a change of the inner element; nil when nothing was given.
  var innerChange: ElementChange? {
    let given = given
    guard !given.isEmpty else { return nil }
    return ElementChange(
      options: Dictionary(uniqueKeysWithValues: given.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) }))
  }
}

extension ElementChange {
  init(options: [String: String]) {
    self.init(attributes: options.filter { !$0.value.isEmpty }, removed: Set(options.filter(\.value.isEmpty).keys))
  }

  /// With what the options say about an inner element; `none` takes it away.
  mutating func add<Options: InnerElementOptions>(_ options: Options, none: Bool = false) throws {
    guard let inner = options.innerChange else {
      if none { removed.insert(Options.element) }
      return
    }
    guard !none else {
      throw ValidationError("--no-\(Options.element) does not go with options of that element")
    }
    self.inner[Options.element] = inner
  }
}

extension ArgumentHelp {
  /// What the attribute allows, from the tables of the format.
  static func attribute(_ name: String, of element: String) -> ArgumentHelp {
    ArgumentHelp("\(ConfigurationFormat.allowed(name, of: element) ?? "")", valueName: "value")
  }
}
