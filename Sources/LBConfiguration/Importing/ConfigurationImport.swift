/// Another program's configuration, written as one of lbd's.
///
/// Pure: nothing is looked up, neither names nor files that the configuration includes.
public struct ConfigurationImport: Hashable, Sendable {
  /// The programs whose files can be read.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case ldirectord
    case keepalived
    /// What `ipvsadm --save` writes and `ipvsadm --restore` reads.
    case ipvsadm
  }

  /// A whole document that the loader accepts, with a comment for each note.
  public let text: String
  /// What has no equivalent, in the order of the document.
  public let notes: [ImportNote]

  /// Reads a configuration.
  ///
  /// - Parameter file: the name that messages and the document's first comment use.
  /// - Throws: ``ConfigurationErrors`` for a file that is none of the kind, with the line.
  public init(_ bytes: [UInt8], kind: Kind, file: String) throws(ConfigurationErrors) {
    let source = String(decoding: bytes, as: UTF8.self)
    do throws(ImportFault) {
      let draft =
        switch kind {
        case .ldirectord: try LdirectordImport.draft(of: source)
        case .keepalived: try KeepalivedImport.draft(of: source)
        case .ipvsadm: try IPVSAdmImport.draft(of: source)
        }
      let fitted = draft.fitted()
      text = fitted.text(heading: "Made from the \(kind.rawValue) configuration \(file).")
      notes = fitted.allNotes
    } catch {
      let problem = ConfigurationProblem(file: file, line: error.line, message: error.message)
      throw ConfigurationErrors(problems: [problem])
    }
  }
}

/// Something in another program's configuration that lbd has no equivalent for.
public struct ImportNote: Hashable, Sendable, CustomStringConvertible {
  /// In the other program's file, counted from 1.
  public let line: Int
  public let message: String

  /// `line 12: MESSAGE`.
  public var description: String { "line \(line): \(message)" }
}

/// A line that the other program would not take either.
struct ImportFault: Error, Hashable {
  let line: Int
  let message: String
}
