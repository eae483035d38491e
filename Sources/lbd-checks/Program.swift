import CheckPrograms

@main
struct Program {
  static func main() async {
    await CheckProgramsProgram.main()
  }
}
