import ArgumentParser
import Glibc

/// The program `lbd`, from its arguments to its exit status.
public enum DaemonProgram {
  public static func main() async {
    // Reading and planning a large table needs memory that serving it does not. glibc's own limit grows with what is
    // freed and keeps up to 64 MB (mallopt(3)).
    mallopt(M_TRIM_THRESHOLD, 1 << 20)
    await DaemonCommand.main()
  }
}
