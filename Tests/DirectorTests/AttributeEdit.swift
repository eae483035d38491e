import Testing

/// One attribute of a running configuration, changed from one value to another.
struct AttributeEdit: Sendable, CustomTestStringConvertible {
  struct Effects: OptionSet, Sendable {
    let rawValue: Int
    /// The kernel has nothing to do with it.
    static let none = Effects(rawValue: 1)
    /// A server that is down leaves, or another stands in for it: no edit of the entry.
    static let removesServers = Effects(rawValue: 2)
    /// Services get other marks.
    static let renumbers = Effects(rawValue: 4)
  }

  /// `virtual-service/persistence timeout`
  let attribute: String
  let from: String
  let to: String
  let effects: Effects

  var testDescription: String { attribute }

  /// Each text is whole elements, beside which ``untouched`` stands.
  init(_ attribute: String, _ from: String, _ to: String, _ effects: Effects = []) {
    self.attribute = attribute
    self.from = from
    self.to = to
    self.effects = effects
  }

  /// Services that no edit is about: on a port, on several ports, and on a translated source.
  static let untouched = """
    <virtual-service label="Other" address="192.168.1.120" ports="80">
      <real-server label="a" address="192.168.1.110"/>
    </virtual-service>
    <virtual-service label="Archive" address="192.168.1.121" ports="104,2000-2010">
      <persistence/><health-check type="connect" port="104"/>
      <real-server label="a" address="192.168.1.110"/>
    </virtual-service>
    <virtual-service label="Pacs" address="172.16.5.122" ports="104" forwarding="snat">
      <real-server label="a" address="172.16.5.110"/>
    </virtual-service>
    """

  static let all = ofServices + ofInnerElements + ofServers + ofGlobal + ofAddresses + ofChecks

  private static func web(
    _ attributes: String = "", entry: String = #"address="192.168.1.100" ports="80""#, label: String = "Web",
    inner: String = #"<health-check type="connect" port="80"/>"#,
    servers: String =
      #"<real-server label="a" address="192.168.1.110"/><real-server label="b" address="192.168.1.111"/>"#
  ) -> String {
    #"<virtual-service label="\#(label)" \#(entry) \#(attributes)>\#(inner)\#(servers)</virtual-service>"#
  }

  private static let down = #"<health-check type="off"/>"#

  private static let ofServices: [AttributeEdit] = {
    func edit(_ attribute: String, _ from: String, _ to: String, _ effects: Effects = []) -> AttributeEdit {
      AttributeEdit("load-balancer/virtual-service \(attribute)", from, to, effects)
    }
    let gue = #"forwarding="tun" tunnel-type="gue""#
    return [
      edit("label", web(), web(label: "Site")),
      edit("address", web(), web(entry: #"address="192.168.1.101" ports="80""#)),
      edit("ports", web(), web(entry: #"address="192.168.1.100" ports="80,443""#)),
      edit(
        "ports", web(entry: #"address="192.168.1.100" ports="80,443""#),
        web(entry: #"address="192.168.1.100" ports="80,8000-8010""#)),
      edit("protocol", web(), web(#"protocol="tcp+udp""#)),
      edit("forwarding", web(), web(#"forwarding="nat""#)),
      edit("forwarding", web(), web(#"forwarding="snat""#)),
      edit("tunnel-type", web(#"forwarding="tun""#), web(#"forwarding="tun" tunnel-type="gre""#)),
      edit("tunnel-port", web(gue + #" tunnel-port="6080""#), web(gue + #" tunnel-port="6081""#)),
      edit(
        "tunnel-checksum", web(gue + #" tunnel-port="6080""#), web(gue + #" tunnel-port="6080" tunnel-checksum="yes""#)),
      edit("snat-address", web(#"forwarding="snat""#), web(#"forwarding="snat" snat-address="192.168.1.1""#)),
      edit("scheduler", web(), web(#"scheduler="rr""#)),
      edit("scheduler-flags", web(#"scheduler="sh""#), web(#"scheduler="sh" scheduler-flags="fallback,port""#)),
      edit(
        "one-packet", web(#"protocol="udp""#, inner: #"<health-check type="ping"/>"#),
        web(#"protocol="udp" one-packet="yes""#, inner: #"<health-check type="ping"/>"#)),
      edit("firewall-mark", web(entry: #"firewall-mark="5""#), web(entry: #"firewall-mark="6""#)),
      edit(
        "family", web(#"forwarding="tun""#, entry: #"firewall-mark="5""#),
        web(#"forwarding="tun""#, entry: #"firewall-mark="5" family="inet6""#)),
      edit("interface", web(), web(#"interface="eth1""#)),
      edit("on-failure", web(inner: down), web(#"on-failure="quiesce""#, inner: down), .removesServers),
      edit("withdraw-when-down", web(inner: down), web(#"withdraw-when-down="yes""#, inner: down)),
      edit("enabled", web(), web(#"enabled="no""#)),
      edit("suspect", web(), web(#"suspect="yes""#)),
    ]
  }()

  private static let ofInnerElements: [AttributeEdit] = {
    func fallback(_ attributes: String) -> String {
      web(#"forwarding="nat""#, inner: down + "<fallback \(attributes)/>")
    }
    let spare = #"address="192.168.1.109""#
    return [
      AttributeEdit(
        "virtual-service/persistence timeout", web(inner: "<persistence/>"),
        web(inner: #"<persistence timeout="600"/>"#)),
      AttributeEdit(
        "virtual-service/persistence granularity", web(inner: "<persistence/>"),
        web(inner: #"<persistence granularity="24"/>"#)),
      AttributeEdit(
        "virtual-service/fallback address", fallback(spare), fallback(#"address="192.168.1.108""#), .removesServers),
      AttributeEdit("virtual-service/fallback forwarding", fallback(spare), fallback(spare + #" forwarding="dr""#)),
      AttributeEdit("virtual-service/fallback forwarding", fallback(spare), fallback(spare + #" forwarding="snat""#)),
      AttributeEdit(
        "virtual-service/fallback port", fallback(spare), fallback(spare + #" port="8080""#), .removesServers),
    ]
  }()

  private static let ofServers: [AttributeEdit] = {
    func edit(_ attribute: String, _ from: String, _ to: String, forwarding: String = "dr") -> AttributeEdit {
      func service(_ attributes: String) -> String {
        let servers = #"<real-server \#(attributes)/><real-server label="b" address="192.168.1.111"/>"#
        return web(#"forwarding="\#(forwarding)""#, servers: servers)
      }
      return AttributeEdit("virtual-service/real-server \(attribute)", service(from), service(to))
    }
    let server = #"label="a" address="192.168.1.110""#
    return [
      edit("label", server, #"label="first" address="192.168.1.110""#),
      edit("address", server, #"label="a" address="192.168.1.112""#),
      edit("port", server, server + #" port="8080""#, forwarding: "nat"),
      edit("weight", server, server + #" weight="50""#),
      edit(
        "minimum-connections", server + #" maximum-connections="9""#,
        server + #" maximum-connections="9" minimum-connections="7""#),
      edit("maximum-connections", server, server + #" maximum-connections="9""#),
    ]
  }()

  private static let ofGlobal: [AttributeEdit] = {
    func edit(_ attribute: String, _ from: String, _ to: String, _ effects: Effects = []) -> AttributeEdit {
      AttributeEdit(attribute, from + web(), to + web(), effects)
    }
    func inner(_ element: String, _ attribute: String, _ value: String, _ effects: Effects = []) -> AttributeEdit {
      edit(
        "global/\(element) \(attribute)", "<global/>", #"<global><\#(element) \#(attribute)="\#(value)"/></global>"#,
        effects)
    }
    return [
      edit("load-balancer/global watch", "", #"<global watch="no"/>"#, .none),
      edit("load-balancer/global diagnose", "", #"<global diagnose="no"/>"#, .none),
      edit("load-balancer/global firewall-mark-base", "", #"<global firewall-mark-base="1600000000"/>"#, .renumbers),
      inner("health-check", "interval", "2", .none), inner("health-check", "timeout", "2", .none),
      inner("health-check", "failures", "5", .none), inner("health-check", "successes", "3", .none),
      inner("draining", "persistent-clients", "move"),
      inner("timeouts", "tcp", "1000"), inner("timeouts", "tcp-fin", "60"), inner("timeouts", "udp", "100"),
      inner("notify", "command", "/bin/true", .none),
    ]
  }()

  private static let ofAddresses: [AttributeEdit] = {
    func edit(_ element: String, _ attribute: String, _ from: String, _ to: String) -> AttributeEdit {
      AttributeEdit("load-balancer/\(element) \(attribute)", "<\(element) \(from)/>", "<\(element) \(to)/>")
    }
    let floating = #"address="10.10.90.254/32""#
    return [
      edit("floating-ip", "address", floating, #"address="10.10.90.253/32""#),
      edit("floating-ip", "interface", floating, floating + #" interface="eth1""#),
      edit(
        "outbound-masquerade", "source", #"source="192.168.1.0/24" interface="eth1""#,
        #"source="10.10.90.0/24" interface="eth1""#),
      edit(
        "outbound-masquerade", "interface", #"source="192.168.1.0/24" interface="eth1""#,
        #"source="192.168.1.0/24" interface="eth0""#),
    ]
  }()

  /// Each in the service and in a server of it.
  private static let ofChecks: [AttributeEdit] = CheckEdit.all.flatMap { check in
    let places: [(String, (String) -> String)] = [
      ("virtual-service", { web(inner: $0) }),
      (
        "real-server",
        { web(inner: "", servers: #"<real-server label="a" address="192.168.1.110">\#($0)</real-server>"#) }
      ),
    ]
    return places.map { place, service in
      AttributeEdit(
        "\(place)/health-check \(check.attribute)", service("<health-check \(check.from)/>"),
        service("<health-check \(check.to)/>"), check.effects)
    }
  }
}

/// An attribute of `health-check`, changed.
struct CheckEdit {
  let attribute: String
  let from: String
  let to: String
  let effects: AttributeEdit.Effects

  private init(_ attribute: String, _ from: String, _ to: String, _ effects: AttributeEdit.Effects = .none) {
    self.attribute = attribute
    self.from = from
    self.to = to
    self.effects = effects
  }

  /// An attribute that is given in place of its default.
  private init(_ attribute: String, of type: String, _ value: String) {
    self.init(attribute, #"type="\#(type)""#, #"type="\#(type)" \#(attribute)="\#(value)""#)
  }

  static let all: [CheckEdit] = [
    CheckEdit("type", #"type="connect""#, #"type="ping""#),
    CheckEdit("type", #"type="connect""#, #"type="off""#, .removesServers),
    CheckEdit("interval", of: "connect", "2"), CheckEdit("timeout", of: "connect", "2"),
    CheckEdit("failures", of: "connect", "5"), CheckEdit("successes", of: "connect", "3"),
    CheckEdit("fast-interval", of: "connect", "1"), CheckEdit("port", of: "connect", "8080"),
    // The path of the clients has entries of its own in the kernel.
    CheckEdit("via", #"type="connect""#, #"type="connect" via="vip""#, []),
    CheckEdit("method", of: "http", "HEAD"), CheckEdit("path", of: "http", "/alive"),
    CheckEdit("host", of: "http", "example.org"), CheckEdit("status", of: "http", "200-204"),
    CheckEdit("expect", of: "http", "ok"), CheckEdit("expect-regex", of: "http", "o.*k"),
    CheckEdit(
      "user", #"type="http" user="u" password="p""#, #"type="http" user="v" password="p""#),
    CheckEdit(
      "password", #"type="http" user="u" password="p""#, #"type="http" user="u" password="q""#),
    CheckEdit("server-name", of: "https", "example.org"), CheckEdit("verify", of: "https", "yes"),
    CheckEdit("ca-file", #"type="https" verify="yes""#, #"type="https" verify="yes" ca-file="/etc/ca.pem""#),
    CheckEdit("send", #"type="tcp" send="a""#, #"type="tcp" send="b""#),
    CheckEdit("called-ae-title", of: "dicom", "PACS"), CheckEdit("calling-ae-title", of: "dicom", "CHECKER"),
    CheckEdit("name", #"type="dns" name="a.example""#, #"type="dns" name="b.example""#),
    CheckEdit("record", #"type="dns" name="a.example""#, #"type="dns" name="a.example" record="AAAA""#),
    CheckEdit("transport", #"type="dns" name="a.example""#, #"type="dns" name="a.example" transport="tcp""#),
    CheckEdit("tls", of: "smtp", "starttls"), CheckEdit("base", of: "ldap", "dc=example"),
    CheckEdit(
      "database", #"type="mysql" user="u" password="p""#, #"type="mysql" user="u" password="p" database="d""#),
    CheckEdit(
      "query", #"type="mysql" user="u" password="p""#, #"type="mysql" user="u" password="p" query="SELECT 1""#),
    CheckEdit(
      "secret", #"type="radius" user="u" password="p" secret="s""#,
      #"type="radius" user="u" password="p" secret="t""#),
    CheckEdit("command", #"type="external" command="/a""#, #"type="external" command="/b""#),
  ]
}
