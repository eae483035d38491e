import Glibc

/// The lab's clients and servers: one small program, since processors of the lab are slow.
@main
struct LabPeer {
  static let usage = """
    usage: LabPeer serve --name NAME --bind ADDRESS[,ADDRESS] --ports PORTS [--udp|--sctp]
           LabPeer connect --from ADDRESS|FIRST-LAST --to ADDRESS --ports PORTS [--count N] [--udp|--sctp] [--timeout S]
           LabPeer datagrams --from ADDRESS --to ADDRESS --ports PORT [--count N] [--timeout S]
           LabPeer crowd --from FIRST-LAST --to ADDRESS --ports PORTS --also PORTS [--interval S] [--duration S]
           LabPeer stream --from ADDRESS --to ADDRESS --port PORT [--rate N] [--held N] [--interval S] [--duration S]

    PORTS is a list of ports and ranges: 104,1099,50000-60000. Results are lines of JSON on standard output.

    """

  static func main() {
    ignoreBrokenPipes()
    raiseDescriptorLimit()
    do throws(PeerError) {
      var words = CommandLine.arguments.dropFirst()
      let command = words.popFirst()
      let arguments = try Arguments(words)
      switch command {
      case "serve": try Server(arguments).run()
      case "connect": exit(try Connect(arguments).run())
      case "datagrams": exit(try Datagrams(arguments).run())
      case "crowd": try Crowd(arguments).run()
      case "stream": try Stream(arguments).run()
      default:
        write(usage, to: STDERR_FILENO)
        exit(64)
      }
    } catch {
      write("LabPeer: \(error)\n", to: STDERR_FILENO)
      exit(1)
    }
  }
}
