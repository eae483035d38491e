import ArgumentParser

extension CompletionKind {
  /// The labels of the virtual services that the daemon has.
  static var services: CompletionKind { labels("s/^● \\([^ ]*\\) .*/\\1/p") }
  /// The labels of the real servers of all virtual services.
  static var servers: CompletionKind { labels("s/^  ● \\([^ ]*\\) .*/\\1/p") }

  /// What a sed script finds in the overview; nothing without a daemon.
  private static func labels(_ script: String) -> CompletionKind {
    .shellCommand("lbctl overview 2>/dev/null | sed -n '\(script)' | sort -u")
  }
}
