/// What a check says to an application and what it expects: all kinds that ask one port.
public enum ApplicationCheck: Hashable, Sendable {
  case tcp(PayloadCheck)
  case udp(PayloadCheck)
  /// `https` when the check has TLS settings, otherwise `http`.
  case http(HTTPCheck)
  case dicom(DICOMCheck)
  case dns(DNSCheck)
  case smtp(LoginCheck)
  case imap(LoginCheck)
  case pop3(LoginCheck)
  case ftp(LoginCheck)
  case ldap(LDAPCheck)
  case mysql(DatabaseCheck)
  case postgresql(DatabaseCheck)
  case redis(LoginCheck)
  case radius(RADIUSCheck)
  case sip(SIPCheck)
  case ntp
}

extension ApplicationCheck {
  /// The value of the attribute `type`.
  public var type: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    case .http(let check): check.tls == nil ? "http" : "https"
    case .dicom: "dicom"
    case .dns: "dns"
    case .smtp: "smtp"
    case .imap: "imap"
    case .pop3: "pop3"
    case .ftp: "ftp"
    case .ldap: "ldap"
    case .mysql: "mysql"
    case .postgresql: "postgresql"
    case .redis: "redis"
    case .radius: "radius"
    case .sip: "sip"
    case .ntp: "ntp"
    }
  }

  /// The port that is asked whatever the service's ports are; nil for kinds that take theirs from server and service.
  public var standardPort: UInt16? {
    if case .dns = self { 53 } else { nil }
  }
}

/// How a connection is encrypted: the attribute `tls`.
public enum TLSUse: String, Hashable, Sendable, CaseIterable, Codable {
  case no
  /// From the first byte on.
  case yes
  /// After the protocol's own command for it.
  case starttls
}
