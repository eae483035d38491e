import ArgumentParser
import LinuxSystem

/// The program `lbd`, from its arguments to its exit status.
public enum DaemonProgram {
  public static func main() async {
    // Reading and planning a large table needs memory that serving it does not; glibc keeps up to 64 MB of it.
    FreeMemory.returnsToKernel(beyond: 1 << 20)
    await DaemonCommand.main()
  }
}
