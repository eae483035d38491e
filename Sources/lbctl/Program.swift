import Glibc
import LBCommands

@main
struct Program {
  static func main() async {
    exit(await LbctlProgram.main())
  }
}
