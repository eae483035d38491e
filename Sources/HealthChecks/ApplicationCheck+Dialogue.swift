import LoadBalancing

extension ApplicationCheck {
  /// What the check says and how it judges the answers of this server's port.
  func dialogue(with server: IPAddress, port: UInt16) -> any Dialogue {
    switch self {
    case .tcp(let check): PayloadDialogue(check, isDatagram: false)
    case .udp(let check): PayloadDialogue(check, isDatagram: true)
    case .http(let check): HTTPDialogue(check, server: server, port: port)
    case .dicom(let check): DICOMDialogue(check)
    case .dns(let check): DNSDialogue(check)
    case .smtp(let check): SMTPDialogue(check)
    case .imap(let check): IMAPDialogue(check)
    case .pop3(let check): POP3Dialogue(check)
    case .ftp(let check): FTPDialogue(check)
    case .ldap(let check): LDAPDialogue(check)
    case .mysql: MySQLDialogue()
    case .postgresql: PostgreSQLDialogue()
    case .redis(let check): RedisDialogue(check)
    case .radius(let check): RADIUSDialogue(check)
    case .sip: SIPDialogue(server: server, port: port)
    case .ntp: NTPDialogue()
    }
  }

  /// Whether the dialogue is one of datagrams, not of a connection.
  var usesDatagrams: Bool {
    switch self {
    case .udp, .radius, .sip, .ntp: true
    case .dns(let check): check.transport == .udp
    default: false
    }
  }
}
