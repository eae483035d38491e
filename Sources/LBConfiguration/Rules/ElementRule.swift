/// What an element may hold.
struct ElementRule: Sendable {
  let name: String
  let attributes: [AttributeRule]
  let children: [ChildRule]

  init(_ name: String, attributes: [AttributeRule] = [], children: [ChildRule] = []) {
    self.name = name
    self.attributes = attributes
    self.children = children
  }

  func attribute(_ name: String) -> AttributeRule? { attributes.first { $0.name == name } }
  func child(_ name: String) -> ChildRule? { children.first { $0.element.name == name } }
}

/// An element inside another.
struct ChildRule: Sendable {
  let element: ElementRule
  /// Whether the element may stand there several times.
  let mayRepeat: Bool

  static func one(_ element: ElementRule) -> ChildRule { ChildRule(element: element, mayRepeat: false) }
  static func many(_ element: ElementRule) -> ChildRule { ChildRule(element: element, mayRepeat: true) }
}

extension ElementRule {
  /// The whole format: section by section what the manual page of the file describes.
  static let loadBalancer = ElementRule(
    "load-balancer", attributes: [RootAttributes.version.rule],
    children: [.one(global), .many(floatingIP), .many(outboundMasquerade), .many(virtualService)])

  static let global = ElementRule(
    "global", attributes: GlobalAttributes.all,
    children: [.one(globalHealthCheck), .one(draining), .one(timeouts), .one(notify)])

  static let globalHealthCheck = ElementRule("health-check", attributes: TimingAttributes.overridable)
  static let draining = ElementRule("draining", attributes: [DrainingAttributes.persistentClients.rule])
  static let timeouts = ElementRule("timeouts", attributes: TimeoutAttributes.all)
  static let notify = ElementRule("notify", attributes: [NotifyAttributes.command.rule])
  static let floatingIP = ElementRule("floating-ip", attributes: FloatingIPAttributes.all)
  static let outboundMasquerade = ElementRule("outbound-masquerade", attributes: OutboundMasqueradeAttributes.all)

  static let virtualService = ElementRule(
    "virtual-service", attributes: VirtualServiceAttributes.all,
    children: [.one(persistence), .many(healthCheck), .one(fallback), .many(realServer)])

  static let persistence = ElementRule("persistence", attributes: PersistenceAttributes.all)
  static let healthCheck = ElementRule("health-check", attributes: HealthCheckKindRule.allAttributes)
  static let fallback = ElementRule("fallback", attributes: FallbackAttributes.all)
  static let realServer = ElementRule(
    "real-server", attributes: RealServerAttributes.all, children: [.many(healthCheck)])
}
