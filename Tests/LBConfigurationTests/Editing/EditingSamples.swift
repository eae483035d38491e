import LoadBalancing

@testable import LBConfiguration

/// Files as people, editors and other programs leave them.
enum EditingSamples {
  static let plain = """
    <?xml version="1.0" encoding="UTF-8"?>
    <load-balancer version="1">
      <virtual-service label="Web" address="10.0.0.1" ports="80,443">
        <persistence timeout="300"/>
        <real-server label="a" address="10.0.0.11" weight="100"/>
        <real-server label="b" address="10.0.0.12"/>
      </virtual-service>

      <virtual-service label="Mail" address="10.0.0.2" ports="25">
        <health-check type="connect" port="25"/>
        <real-server label="a" address="10.0.0.11"/>
      </virtual-service>
    </load-balancer>

    """

  /// Comments everywhere, tabs, attributes on lines of their own, single quotes, CDATA, processing instructions, and
  /// blanks at line ends.
  static let dressed =
    "<!-- kept by hand --><?editor mode=xml?>\n<load-balancer version = '1'  >\n\t<![CDATA[ ]]>\n"
    + "\t<!-- <virtual-service label=\"Web\"/> -->\n\t<global>   \n\t\t<draining "
    + "persistent-clients='stay' />\n\t</global>\n"
    + "\n\t<virtual-service\n\t\tlabel='Web'\n\t\taddress='10.0.0.1'   ports=\"80\"\n\t\t> <!-- the web -->\n"
    + "\t\t<?note <x/> ?>\n\t\t<!-- servers -->\n\t\t<real-server address = '10.0.0.11' label = 'a'/> <!-- main -->\n"
    + "\t\t<real-server label=\"b\" address=\"10.0.0.12\"><!-- two -->\n\t\t</real-server>   "
    + "\n\n\t</virtual-service  >\n"
    + "\n\n\t<virtual-service label='Mail' address='10.0.0.2' ports='25'><real-server label='a' address='10.0.0.11'/>"
    + "</virtual-service>\n<!-- the end --></load-balancer>\n<!-- after it -->"

  /// On one line, without a declaration.
  static let narrow =
    "<load-balancer version=\"1\"><virtual-service label=\"Web\" address=\"10.0.0.1\" ports=\"80\">"
    + "<real-server label=\"a\" address=\"10.0.0.11\"/><real-server label=\"b\" "
    + "address=\"10.0.0.12\"/></virtual-service>"
    + "<virtual-service label=\"Mail\" address=\"10.0.0.2\" ports=\"25\"><real-server label=\"a\" "
    + "address=\"10.0.0.11\"/>"
    + "</virtual-service></load-balancer>"

  static let windows: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(plain.replacing("\n", with: "\r\n").utf8)

  static let all: [[UInt8]] = [Array(plain.utf8), Array(dressed.utf8), Array(narrow.utf8), windows]

  static func file(_ bytes: [UInt8], path: String = "lbd.xml") -> SourceFile { SourceFile(path: path, bytes: bytes) }
}

extension ConfigurationEdit {
  /// The one file after the edit, as text.
  func text(in text: String) throws(EditError) -> String {
    let edited = try applied(to: [EditingSamples.file(Array(text.utf8))], mainFile: "lbd.xml")
    return String(decoding: edited.files[0].bytes, as: UTF8.self)
  }
}

extension ServerName {
  static let webA = ServerName(service: "Web", server: "a")
}
