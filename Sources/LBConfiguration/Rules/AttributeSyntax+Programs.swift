extension AttributeSyntax where Value == String {
  /// A program: an absolute path, or the name of one that the operator keeps for the purpose.
  static var program: AttributeSyntax<String> {
    AttributeSyntax<String>("the absolute path of a program, or its name in /etc/lbd/checks") {
      text throws(SyntaxFault) in
      let isName = !text.contains("/") && text != "." && text != ".."
      guard (1...4000).contains(text.utf8.count), isName || text.hasPrefix("/"),
        !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else { throw SyntaxFault() }
      return text
    }
  }
}
