/// A label that becomes another; whoever remembers something under the old one keeps it.
public enum Renaming: Hashable, Sendable {
  case service(String, to: String)
  case server(ServerName, to: String)
}
