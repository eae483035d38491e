import CLibXML2

/// Asks libxml2 whether bytes are a well-formed and harmless document.
///
/// No tree is built, nothing is loaded from disk or network, and the first DOCTYPE, the only road to entities, ends it.
struct XMLJudge {
  /// The faults in the order in which they were met; none for a good document.
  static func faults(in bytes: [UInt8]) -> [XMLFault] {
    guard bytes.count <= XMLLimits.fileBytesMax else {
      let mebibytes = XMLLimits.fileBytesMax >> 20
      return [
        XMLFault(
          line: 1,
          message: "the file has \(bytes.count) bytes; at most \(mebibytes) MiB are allowed")
      ]
    }
    guard !bytes.isEmpty else { return [XMLFault(line: 1, message: "the file is empty")] }
    xmlInitParser()
    let verdict = XMLVerdict()
    unsafe bytes.withUnsafeBytes { buffer in
      guard let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
        let context = unsafe xmlCreateMemoryParserCtxt(start, Int32(buffer.count))
      else {
        verdict.add(line: 1, "libxml2 found no memory for the file")
        return
      }
      defer { unsafe xmlFreeParserCtxt(context) }
      unsafe examine(context, verdict)
    }
    return verdict.faults
  }

  private static func examine(_ context: xmlParserCtxtPtr, _ verdict: XMLVerdict) {
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_BIG_LINES.rawValue
    unsafe xmlCtxtUseOptions(context, Int32(bitPattern: options))
    unsafe context.pointee._private = Unmanaged.passUnretained(verdict).toOpaque()
    unsafe context.pointee.sax.pointee = listener()
    withExtendedLifetime(verdict) {
      let result = unsafe xmlParseDocument(context)
      if result != 0 || (unsafe context.pointee.wellFormed == 0), verdict.faults.isEmpty {
        verdict.add(line: unsafe XMLVerdict.line(of: context), "the file is not well-formed XML")
      }
    }
  }

  /// Callbacks for errors, document types and depth; everything else is skipped.
  private static func listener() -> xmlSAXHandler {
    var listener = unsafe xmlSAXHandler()
    unsafe listener.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe listener.serror = { context, error in
      guard let verdict = unsafe XMLVerdict.of(context), let error = unsafe error?.pointee,
        unsafe error.level.rawValue >= XML_ERR_ERROR.rawValue
      else { return }
      let message =
        unsafe error.message.map { unsafe String(cString: $0) } ?? "error \(unsafe error.code)"
      verdict.add(
        line: Int(unsafe error.line), "not well-formed XML: \(XMLVerdict.trimmed(message))")
    }
    unsafe listener.internalSubset = { context, _, _, _ in
      unsafe XMLVerdict.stop(context) { XMLLimits.documentType(line: $0) }
    }
    unsafe listener.startElementNs = { context, _, _, _, _, _, _, _, _ in
      guard let verdict = unsafe XMLVerdict.of(context) else { return }
      verdict.depth += 1
      if verdict.depth > XMLLimits.depthMax {
        unsafe XMLVerdict.stop(context) { XMLLimits.tooDeep(line: $0) }
      }
    }
    unsafe listener.endElementNs = { context, _, _, _ in
      unsafe XMLVerdict.of(context)?.depth -= 1
    }
    return unsafe listener
  }
}

/// What libxml2's callbacks have said so far; it hangs on the parser's context.
private final class XMLVerdict {
  private(set) var faults: [XMLFault] = []
  var depth = 0
  private var isStopped = false

  func add(line: Int, _ message: String) { add(XMLFault(line: max(line, 1), message: message)) }

  private func add(_ fault: XMLFault) {
    guard !isStopped, faults.count < XMLLimits.faultsMax, !faults.contains(fault) else { return }
    faults.append(fault)
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> XMLVerdict? {
    guard let context = unsafe context?.assumingMemoryBound(to: xmlParserCtxt.self),
      let verdict = unsafe context.pointee._private
    else { return nil }
    return unsafe Unmanaged<XMLVerdict>.fromOpaque(verdict).takeUnretainedValue()
  }

  static func line(of context: xmlParserCtxtPtr) -> Int {
    unsafe context.pointee.input.map { Int(unsafe $0.pointee.line) } ?? 1
  }

  /// Notes the fault and ends the reading; libxml2's own complaint about the end is not wanted.
  static func stop(_ context: UnsafeMutableRawPointer?, _ fault: (Int) -> XMLFault) {
    guard let verdict = unsafe of(context),
      let parser = unsafe context?.assumingMemoryBound(to: xmlParserCtxt.self)
    else { return }
    verdict.add(fault(unsafe line(of: parser)))
    verdict.isStopped = true
    unsafe xmlStopParser(parser)
  }

  static func trimmed(_ message: String) -> String {
    String(message.reversed().drop(while: \.isWhitespace).reversed()).replacing("\n", with: " ")
  }
}
