import ArgumentParser

/// The program `lbd-checks`, from its arguments to its exit status.
public enum CheckProgramsProgram {
  public static func main() async {
    await CheckProgramsCommand.main()
  }
}
