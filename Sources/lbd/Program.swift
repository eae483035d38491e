import LBDaemon

@main
struct Program {
  static func main() async {
    await DaemonProgram.main()
  }
}
