/// The kind `dicom`: an association and a C-ECHO.
public struct DICOMCheck: Hashable, Sendable {
  /// At most 16 characters, as all application entity titles.
  public var calledAETitle: String
  public var callingAETitle: String

  public init(calledAETitle: String = "ANY-SCP", callingAETitle: String = "LBD") {
    self.calledAETitle = calledAETitle
    self.callingAETitle = callingAETitle
  }
}

/// The kinds `smtp`, `imap`, `pop3`, `ftp` and `redis`: the greeting, and a login where there are credentials.
public struct LoginCheck: Hashable, Sendable {
  public var tls: TLSUse
  /// The user is empty where the protocol knows passwords alone.
  public var credentials: Credentials?

  public init(tls: TLSUse = .no, credentials: Credentials? = nil) {
    self.tls = tls
    self.credentials = credentials
  }
}

/// The kind `ldap`: a bind, and the read of one entry where a base is given.
public struct LDAPCheck: Hashable, Sendable {
  public var tls: TLSUse
  /// The user is the entry's name (DN); nil: an anonymous bind.
  public var credentials: Credentials?
  public var base: String?

  public init(tls: TLSUse = .no, credentials: Credentials? = nil, base: String? = nil) {
    self.tls = tls
    self.credentials = credentials
    self.base = base
  }
}

/// The kinds `mysql` and `postgresql`: the greeting, and with credentials a login and a query.
public struct DatabaseCheck: Hashable, Sendable {
  /// `yes` and `starttls` mean the same: these protocols begin TLS by a message of their own.
  public var tls: TLSUse
  public var credentials: Credentials?
  /// nil leaves it to the server: none (MySQL), or the one with the user's name (PostgreSQL).
  public var database: String?
  /// Must succeed, and where it is one that gives rows, give at least one.
  public var query: String?

  public init(
    tls: TLSUse = .no, credentials: Credentials? = nil, database: String? = nil, query: String? = nil
  ) {
    self.tls = tls
    self.credentials = credentials
    self.database = database
    self.query = query
  }
}

/// The kind `radius`: an Access-Request with credentials, otherwise a Status-Server request.
public struct RADIUSCheck: Hashable, Sendable {
  /// Shared with the server.
  public var secret: Secret
  public var credentials: Credentials?

  public init(secret: Secret, credentials: Credentials? = nil) {
    self.secret = secret
    self.credentials = credentials
  }
}

/// The kind `sip`: an OPTIONS request.
public struct SIPCheck: Hashable, Sendable {
  public var tls: TLSUse

  public init(tls: TLSUse = .no) { self.tls = tls }
}
