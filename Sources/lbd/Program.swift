import CheckPrograms
import LBDaemon

/// lbd, or its helper when it is called by the helper's name: one file, which carries the Swift runtime once.
@main
struct Program {
  static func main() async {
    if CommandLine.arguments.first?.split(separator: "/").last == "lbd-checks" {
      await CheckProgramsProgram.main()
    } else {
      await DaemonProgram.main()
    }
  }
}
