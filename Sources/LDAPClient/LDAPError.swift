/// Why a directory says nothing, or nothing good. No case holds a password or what somebody typed.
public enum LDAPError: Error, Hashable, Sendable {
  /// Unknown, ambiguous, a wrong password, locked, expired …: why is for the log alone.
  case refused(LDAPRefusal)
  /// No server answers, or none that proves who it is; the library's words.
  case unreachable(reason: String)
  /// The directory's answer is none that can be used: what the account that looks people up may not read, a referral,
  /// more entries than the limits allow …
  case unusable(reason: String)
  /// All threads work and the queue is full.
  case busy
  case timedOut
}

/// Why somebody is not let in.
public enum LDAPRefusal: Hashable, Sendable {
  /// Empty, too long, or with bytes that no name or password has.
  case malformedName
  case malformedPassword
  case unknown
  case ambiguous
  case wrongPassword
  case account(AccountFault)
  /// The directory's name of the entry is none that can be compared, or too long.
  case malformedEntry
  /// Too many attempts failed.
  case backedOff
}
