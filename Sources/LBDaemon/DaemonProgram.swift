import ArgumentParser
import CLinux

/// The program `lbd`, from its arguments to its exit status.
public enum DaemonProgram {
  public static func main() async {
    // Reading and planning a large table needs memory that serving it does not. glibc's own limit grows with what is
    // freed and keeps up to 64 MB (mallopt(3)).
    clinux_return_free_memory_beyond(1 << 20)
    await DaemonCommand.main()
  }
}
