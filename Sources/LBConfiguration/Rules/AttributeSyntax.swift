/// How the text of an attribute becomes a value.
struct AttributeSyntax<Value: Sendable>: Sendable {
  /// What is allowed, as it ends an error's message.
  let allowed: String
  /// The words of an enumeration; empty when the text is free.
  let words: [String]
  let read: @Sendable (String) throws(SyntaxFault) -> Value

  init(
    _ allowed: String, words: [String] = [],
    read: @escaping @Sendable (String) throws(SyntaxFault) -> Value
  ) {
    self.allowed = allowed
    self.words = words
    self.read = read
  }

  /// The same text, read into another value; nil is a text that is not allowed.
  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other?) -> AttributeSyntax<Other> {
    let read = read
    return AttributeSyntax<Other>(allowed, words: words) { text throws(SyntaxFault) in
      guard let other = transform(try read(text)) else { throw SyntaxFault() }
      return other
    }
  }
}

/// Why a text is not a value of its attribute.
struct SyntaxFault: Error, Hashable {
  /// Follows the text in the message.
  var reason = "is not allowed"
}

/// An attribute of an element: its name and how it is read.
struct Attribute<Value: Sendable>: Sendable {
  let name: String
  let isRequired: Bool
  let syntax: AttributeSyntax<Value>

  init(_ name: String, _ syntax: AttributeSyntax<Value>, required: Bool = false) {
    self.name = name
    self.isRequired = required
    self.syntax = syntax
  }

  /// The attribute without its type, for the tables.
  var rule: AttributeRule {
    let read = syntax.read
    return AttributeRule(
      name: name, isRequired: isRequired, allowed: syntax.allowed, words: syntax.words
    ) { text in
      do throws(SyntaxFault) {
        _ = try read(text)
        return nil
      } catch {
        return error
      }
    }
  }
}

/// What the tables know about an attribute.
struct AttributeRule: Sendable {
  let name: String
  let isRequired: Bool
  let allowed: String
  let words: [String]
  /// nil when the text is allowed.
  let fault: @Sendable (String) -> SyntaxFault?
}
