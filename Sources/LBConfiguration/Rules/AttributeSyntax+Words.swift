import LoadBalancing

extension AttributeSyntax where Value: RawRepresentable<String> & CaseIterable {
  /// One of the words of an enumeration.
  static var word: AttributeSyntax<Value> {
    let words = Value.allCases.map(\.rawValue)
    return AttributeSyntax<Value>(words.joined(separator: ", "), words: words) {
      text throws(SyntaxFault) in
      guard let word = Value(rawValue: text) else { throw SyntaxFault() }
      return word
    }
  }
}

extension AttributeSyntax where Value == String {
  /// One of these words.
  static func words(_ words: [String]) -> AttributeSyntax<String> {
    AttributeSyntax<String>(words.joined(separator: ", "), words: words) {
      text throws(SyntaxFault) in
      guard words.contains(text) else { throw SyntaxFault() }
      return text
    }
  }

  static var label: AttributeSyntax<String> {
    AttributeSyntax<String>("1 to 64 of letters, digits, '.', '_' and '-'") {
      text throws(SyntaxFault) in
      guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isLabelByte) else {
        throw SyntaxFault()
      }
      return text
    }
  }

  /// Free text for whatever a check sends or expects.
  static var text: AttributeSyntax<String> {
    AttributeSyntax<String>("1 to 4096 characters") { text throws(SyntaxFault) in
      guard (1...4096).contains(text.utf8.count) else { throw SyntaxFault() }
      return text
    }
  }

  /// As the kernel judges it: dev_valid_name in net/core/dev.c, 15 bytes by IFNAMSIZ in linux/if.h.
  static var interface: AttributeSyntax<String> {
    AttributeSyntax<String>("the name of a network interface, 1 to 15 characters") {
      text throws(SyntaxFault) in
      guard (1...15).contains(text.utf8.count), text != ".", text != "..",
        text.utf8.allSatisfy({
          $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
        })
      else { throw SyntaxFault() }
      return text
    }
  }
}

private func isLabelByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
    true
  default: false
  }
}

extension AttributeSyntax where Value == Bool {
  static var boolean: AttributeSyntax<Bool> {
    AttributeSyntax<Bool>("yes, no", words: ["yes", "no"]) { text throws(SyntaxFault) in
      switch text {
      case "yes": return true
      case "no": return false
      default: throw SyntaxFault()
      }
    }
  }
}

extension AttributeSyntax where Value == SchedulerFlags {
  static var schedulerFlags: AttributeSyntax<SchedulerFlags> {
    AttributeSyntax<SchedulerFlags>("fallback, port, separated by commas") {
      text throws(SyntaxFault) in
      var flags: SchedulerFlags = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let word = part.trimmed
        guard let known = SchedulerFlags.vocabulary.first(where: { $0.word == word }) else {
          throw SyntaxFault(reason: "has '\(word)', which is no flag")
        }
        flags.insert(known.flag)
      }
      return flags
    }
  }
}

extension AttributeSyntax where Value == VirtualService.InterfaceChoice {
  static var interfaceChoice: AttributeSyntax<VirtualService.InterfaceChoice> {
    AttributeSyntax<String>.interface.map { text -> VirtualService.InterfaceChoice? in
      text == "none" ? VirtualService.InterfaceChoice.none : .named(text)
    }
  }
}

extension Substring {
  /// Without blanks at both ends.
  var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...end]
  }
}
