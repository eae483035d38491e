import Glibc
public import LinuxSystem
import LoadBalancing

/// Reads what iptables-legacy and ip6tables-legacy have set up: the kernel's nf_tables says nothing of it.
///
/// Only of tables that are there already, since asking makes one that is not. Who may not read the list of tables goes by
/// the modules: a table that only other network namespaces use is then made here too, empty.
public enum LegacyTables {
  /// Larger tables are not read.
  private static let bytesMax = 16 << 20

  /// Adds the tables of both families.
  ///
  /// - Throws: ``SystemError`` with errno of getsockopt(2), EFBIG for a table of more than 16 MiB, or why nobody knows
  ///   what is there.
  public static func add(to ruleset: inout Ruleset) throws(SystemError) {
    for family in AddressFamily.allCases {
      for name in try names(family) { try add(name, family, to: &ruleset) }
    }
  }

  /// The tables of a family that may drop packets and exist.
  private static func names(_ family: AddressFamily) throws(SystemError) -> [String] {
    // The thread may be in another network namespace than the process.
    let path = "/proc/thread-self/net/" + (family == .inet ? "ip_tables_names" : "ip6_tables_names")
    do throws(SystemError) {
      return known(try lines(path))
    } catch {
      if error.errno == ENOENT { return [] }
      // The list is root's alone, the list of modules anybody's.
      guard error.errno == EACCES else { throw error }
      let prefix = family == .inet ? "iptable_" : "ip6table_"
      return known(
        try lines("/proc/modules").filter { $0.hasPrefix(prefix) }.map {
          String($0.dropFirst(prefix.count).prefix { $0 != " " })
        })
    }
  }

  private static func known(_ names: [String]) -> [String] {
    LegacyTable.priorities.map(\.name).filter(names.contains)
  }

  private static func lines(_ path: String) throws(SystemError) -> [String] {
    var file = try StreamedLines(path)
    var lines: [String] = []
    while try file.readPiece({ lines.append(String(decoding: $0, as: UTF8.self)) }) {}
    return lines
  }

  private static func add(_ name: String, _ family: AddressFamily, to ruleset: inout Ruleset) throws(SystemError) {
    let number = socket(family == .inet ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw SystemError("open a socket for the table \(name)", errno: errno) }
    let descriptor = OwnedDescriptor(number)
    // The table may have become another between the two questions.
    for isLast in [false, false, true] {
      let information = try ask(
        descriptor, family, .information, name, count: LegacyTable.informationBytes)
      guard let table = LegacyTable(name, family: family, information: information) else { return }
      guard table.entriesBytes <= bytesMax else { throw SystemError("read the table \(name)", errno: EFBIG) }
      do throws(SystemError) {
        // `struct ipt_get_entries`: what was asked, four bytes for the sake of alignment, the entries.
        let answer = try ask(
          descriptor, family, .entries, name, size: table.entriesBytes, count: 40 + table.entriesBytes)
        for chain in table.chains(in: Array(answer[40...])) {
          ruleset.chains[.init(table: chain.table, name: chain.name)] = chain
        }
        return
      } catch {
        guard error.errno == EAGAIN, !isLast else { throw error }
      }
    }
  }

  /// `IPT_SO_GET_INFO` and `IPT_SO_GET_ENTRIES`; those of IPv6 have the same numbers.
  private enum Question: Int32 {
    case information = 64
    case entries = 65
  }

  /// The answer takes the place of the question, which begins with the table's name; behind it, the size of the
  /// entries.
  private static func ask(
    _ socket: borrowing OwnedDescriptor, _ family: AddressFamily, _ question: Question, _ name: String, size: Int = 0,
    count: Int
  ) throws(SystemError) -> [UInt8] {
    let words = Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count)
    var buffer = words + UInt32(size).hostOrderBytes
    buffer += [UInt8](repeating: 0, count: count - buffer.count)
    var length = socklen_t(buffer.count)
    let level = family == .inet ? IPPROTO_IP : IPPROTO_IPV6
    let result = unsafe getsockopt(socket.rawValue, Int32(level), question.rawValue, &buffer, &length)
    guard result == 0 else {
      throw SystemError("read the table \(name) of \(family == .inet ? "iptables" : "ip6tables")-legacy", errno: errno)
    }
    return buffer
  }
}
