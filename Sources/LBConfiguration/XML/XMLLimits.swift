/// What a configuration file may demand of its reader.
enum XMLLimits {
  /// A file may have at most 16 MiB.
  static let fileBytesMax = 16 << 20
  /// The format needs four levels; more than this is a mistake or an attack.
  static let depthMax = 32
  /// libxml2's list of errors ends here: after the first ones the rest are echoes.
  static let faultsMax = 20

  static func tooDeep(line: Int) -> XMLFault {
    XMLFault(
      line: line,
      message: "elements are nested more than \(depthMax) deep; this is no lbd configuration")
  }

  static func documentType(line: Int) -> XMLFault {
    XMLFault(
      line: line,
      message: "a DOCTYPE is not allowed: lbd reads neither document types nor entities; remove it")
  }
}
