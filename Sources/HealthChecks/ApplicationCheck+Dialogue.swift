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
    case .mysql(let check): MySQLDialogue(check)
    case .postgresql(let check): PostgreSQLDialogue(check)
    case .redis(let check): RedisDialogue(check)
    case .radius(let check): RADIUSDialogue(check)
    case .sip(let check): SIPDialogue(check, server: server, port: port)
    case .ntp: NTPDialogue()
    }
  }

  /// Whether the dialogue is one of datagrams, not of a connection.
  var usesDatagrams: Bool {
    switch self {
    case .udp, .radius, .ntp: true
    case .sip(let check): check.tls == .no
    case .dns(let check): check.transport == .udp
    default: false
    }
  }

  /// How the server proves who it is, where the connection is encrypted from its first byte; nil: it is not.
  var initialTLS: TLSSettings? {
    if case .http(let check) = self { return check.tls }
    let use: TLSUse =
      switch self {
      case .smtp(let check), .imap(let check), .pop3(let check), .ftp(let check), .redis(let check): check.tls
      case .ldap(let check): check.tls
      case .sip(let check): check.tls
      default: .no
      }
    return use == .yes ? TLSSettings() : nil
  }
}
