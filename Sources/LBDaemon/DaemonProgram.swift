import ArgumentParser

/// The program `lbd`, from its arguments to its exit status.
public enum DaemonProgram {
  public static func main() async {
    await DaemonCommand.main()
  }
}
