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
    /// The attribute with this one value.
    case value(String, String)
    /// IPv6 in the attribute.
    case inet6(String)
    /// The default health check of a service, when lbd has no such check yet.
    case defaultCheck
  }

  let element: String
  let subject: Subject

  static let all: [UnsupportedYet] = [
    UnsupportedYet("virtual-service", .inet6("address")),
    UnsupportedYet("virtual-service", .value("ports", "*")),
    UnsupportedYet("virtual-service", .attribute("protocol", served: ["tcp"])),
    UnsupportedYet("virtual-service", .attribute("forwarding", served: ["dr"])),
    UnsupportedYet("virtual-service", .attribute("firewall-mark", served: [])),
    UnsupportedYet("virtual-service", .attribute("scheduler-flags", served: [])),
    UnsupportedYet("virtual-service", .attribute("one-packet", served: ["no"])),
    UnsupportedYet("virtual-service", .attribute("on-failure", served: ["remove"])),
    UnsupportedYet("virtual-service", .attribute("withdraw-when-down", served: ["no"])),
    UnsupportedYet("virtual-service", .attribute("suspect", served: ["no"])),
    UnsupportedYet("virtual-service", .defaultCheck),
    UnsupportedYet("fallback", .inet6("address")),
    UnsupportedYet("fallback", .attribute("forwarding", served: ["dr"])),
    UnsupportedYet("real-server", .inet6("address")),
    UnsupportedYet("health-check", .attribute("via", served: ["server"])),
    UnsupportedYet("timeouts", .element),
    UnsupportedYet("notify", .element),
    UnsupportedYet("floating-ip", .element),
    UnsupportedYet("outbound-masquerade", .element),
  ]

  init(_ element: String, _ subject: Subject) {
    self.element = element
    self.subject = subject
  }
}
