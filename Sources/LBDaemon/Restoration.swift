import ControlAPI
import LBConfiguration

/// What became at the start of files that waited to be put back.
struct Restoration {
  /// What an operator should know; nil when nothing waited.
  var warning: String?
  var unwritten: UnwrittenFiles?
}

/// Files to go back to that cannot be written: they run all the same, in the place of those on disk.
struct UnwrittenFiles {
  let files: [SourceFile]
  let problem: ControlAPI.ConfigurationProblem

  /// - Parameter path: where the files are kept until they can be written.
  init(_ files: [SourceFile], keptAt path: String, cause: EditError) {
    self.files = files
    problem = ControlAPI.ConfigurationProblem(
      file: path, line: 0,
      message: "the files to go back to run, not those in place, which cannot be replaced: \(cause). With that mended "
        + "'lbctl config rollback 0' replaces them; 'lbctl config reload' would apply those in place")
  }
}
