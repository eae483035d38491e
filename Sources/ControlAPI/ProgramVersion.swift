/// The version of daemon and command line, which are released together.
public enum ProgramVersion {
  public static let current = "0.1.0"
}
