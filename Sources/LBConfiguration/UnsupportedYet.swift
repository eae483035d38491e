import LoadBalancing

/// What the format has and this version does not serve: refused by name, never ignored.
///
/// A row goes when its capability comes; the reading and checking of its values are complete already.
struct UnsupportedYet: Sendable {
  enum Subject: Sendable {
    /// Every use of the element.
    case element
    /// The attribute with any value but these.
    case attribute(String, served: [String])
  }

  let element: String
  let subject: Subject

  static let all: [UnsupportedYet] = [
    UnsupportedYet("notify", .element)
  ]

  init(_ element: String, _ subject: Subject) {
    self.element = element
    self.subject = subject
  }
}
