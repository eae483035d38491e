import ControlAPI
import LBConfiguration

extension ConfigurationKeeper {
  /// What is wrong when there is no file at all though there was one; nil where there never was.
  ///
  /// Files that are away for a moment, or not mounted, would take every service out of the kernel.
  var absence: ConfigurationErrors? {
    guard hadFiles else { return nil }
    let dropIns = sources.dropInDirectory.map { " nor a drop-in in \($0)" } ?? ""
    return ConfigurationErrors(problems: [
      LBConfiguration.ConfigurationProblem(
        file: sources.mainFile ?? "", line: nil,
        message: "there is neither this file\(dropIns) any more; put back what was there, or, to serve nothing, write "
          + "<load-balancer/> into it")
    ])
  }

  /// At the start the history tells.
  private var hadFiles: Bool {
    if status.appliedAt != nil { return !running.isEmpty }
    return (try? history.newest()).map { !$0.isEmpty } ?? false
  }
}
