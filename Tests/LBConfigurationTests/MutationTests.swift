import LoadBalancing
import TestSupport
import Testing

@testable import LBConfiguration

/// Configurations that are nearly right: each is loaded or refused with lines, never a crash.
@Suite struct MutationTests {
  private static let pieces = [
    "<", ">", "/>", "\"", "'", "&", "&amp;", "&#x41;", "<!--", "-->", "<![CDATA[", "]]>", "<?x ?>", "<!DOCTYPE a>",
    "\r\n",
    "\u{FEFF}", "=", " ", "<real-server/>", "<virtual-service>", "</virtual-service>", "nat", "tun", "udp", "::1",
    "99999",
    "-1", "*", "0", "\u{0}", "forwarding=\"nat\"", "xmlns:x=\"y\"", "\u{1F980}",
  ].map { Array($0.utf8) }

  private func mutate(_ bytes: inout [UInt8], with generator: inout SplitMix64) {
    let start = Int.random(in: 0...bytes.count, using: &generator)
    let length = min(Int.random(in: 1...40, using: &generator), bytes.count - start)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0 where start < bytes.count: bytes[start] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.removeSubrange(start..<(start + length))
    case 2: bytes.insert(contentsOf: bytes[start..<(start + length)], at: start)
    case 3: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: start)
    case 4:
      let other = Int.random(in: 0...bytes.count, using: &generator)
      bytes.insert(contentsOf: Array(bytes[start..<(start + length)]), at: other)
    default: bytes.replaceSubrange(start..<(start + length), with: Self.pieces.randomElement(using: &generator) ?? [])
    }
  }

  /// Takes an element or an attribute away, doubles it, or puts it somewhere else; the document stays well-formed.
  private func mutateStructure(_ bytes: inout [UInt8], with generator: inout SplitMix64) {
    guard let root = try? XMLScanner.scan(bytes).root else { return }
    let elements = all(root).dropFirst()
    guard let element = elements.randomElement(using: &generator), let other = elements.randomElement(using: &generator)
    else { return }
    let isAttribute = Bool.random(using: &generator)
    let range = isAttribute ? element.attributes.randomElement(using: &generator)?.range : element.range
    let target = isAttribute ? other.nameRange.upperBound : other.range.upperBound
    guard let range else { return }
    let piece = (isAttribute ? [0x20] : []) + bytes[range]
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes.removeSubrange(range)
    case 1: bytes.insert(contentsOf: piece, at: target)
    default:
      bytes.insert(contentsOf: piece, at: target)
      let moved = target <= range.lowerBound ? range.lowerBound + piece.count : range.lowerBound
      bytes.removeSubrange(moved..<(moved + range.count))
    }
  }

  private func all(_ element: ScannedElement) -> [ScannedElement] { [element] + element.children.flatMap(all) }

  @Test func everyMutantIsLoadedOrRefusedWithItsLine() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("mutation seed \(seed)")
    var generator = SplitMix64(state: seed)
    let sources = try ExampleTests.names.map { try ProjectFiles.bytes("Config/examples/\($0)") }
    for round in 0..<10_000 {
      var bytes = sources[round % sources.count]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        round % 2 == 0 ? mutate(&bytes, with: &generator) : mutateStructure(&bytes, with: &generator)
      }
      let lines = bytes.count { $0 == 0x0A } + 1
      switch ConfigurationLoader.load(files: [SourceFile(path: "m.xml", bytes: bytes)]) {
      case .success(let loaded):
        #expect(loaded.loadBalancer.virtualServices.allSatisfy { !$0.label.isEmpty }, "seed \(seed), round \(round)")
      case .failure(let errors):
        let isPlaced = errors.problems.allSatisfy { problem in problem.line.map { (1...lines).contains($0) } ?? false }
        #expect(isPlaced && !errors.problems.isEmpty, "seed \(seed), round \(round): \(errors)")
        let isOneLine = errors.problems.allSatisfy { !$0.description.contains("\n") }
        #expect(isOneLine, "seed \(seed), round \(round): \(errors)")
      }
    }
  }

  /// Without libxml2 before it the scanner meets anything.
  @Test func theScannerAloneNeverCrashes() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("scanner seed \(seed)")
    var generator = SplitMix64(state: seed)
    let source = Array(ReferenceExampleTests.text.utf8)
    for _ in 0..<4000 {
      var bytes = source
      for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&bytes, with: &generator) }
      guard let scanned = try? XMLScanner.scan(bytes) else { continue }
      #expect(holds(scanned.root, in: 0..<bytes.count), "seed \(seed)")
    }
  }

  /// Whether every part lies in its element, in order.
  private func holds(_ element: ScannedElement, in range: Range<Int>) -> Bool {
    var end = element.startTag.upperBound
    for child in element.children {
      guard child.range.lowerBound >= end, holds(child, in: element.content ?? 0..<0) else { return false }
      end = child.range.upperBound
    }
    return range.contains(element.range.lowerBound) && element.range.upperBound <= range.upperBound
      && element.attributes.allSatisfy {
        element.startTag.contains($0.range.lowerBound) && element.startTag.contains($0.range.upperBound)
      }
  }
}
