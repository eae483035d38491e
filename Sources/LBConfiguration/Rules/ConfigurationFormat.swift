/// What the format has, for those who make options and help texts of it.
public enum ConfigurationFormat {
  /// The names of an element's attributes; empty for an element that is not there.
  public static func attributes(of element: String) -> [String] {
    rule(element)?.attributes.map(\.name) ?? []
  }

  /// What an attribute allows, as the messages about it say; nil when the element does not have it.
  public static func allowed(_ attribute: String, of element: String) -> String? {
    rule(element)?.attribute(attribute)?.allowed
  }

  private static func rule(_ element: String) -> ElementRule? {
    switch element {
    case "real-server": .realServer
    case "health-check": .healthCheck
    default:
      ElementRule.loadBalancer.child(element)?.element ?? ElementRule.virtualService.child(element)?.element
    }
  }
}
