public import KerberosNames

/// Why a token is not taken. No case holds a token or a part of one.
public enum KerberosError: Error, Hashable, Sendable {
  /// Neither SPNEGO nor Kerberos, or not the first token of an exchange: NTLM among others.
  case notKerberos
  /// The library does not take it; its own words, for the log: no such key, changed, replayed …
  case refused(reason: String)
  case expired
  /// The client wants several round trips; a request here brings all of its proof.
  case needsContinuation
  /// The token is bound to another TLS connection.
  case wrongBinding
  /// No channel binding, and the settings want one.
  case unbound
  /// A good ticket for a service that this gateway has a key of, but is not.
  case otherService
  case malformedName
  case name(NameRules.Refusal)
  /// The keytab or the replay cache cannot be used: nothing can be said about the token.
  case unusable(reason: String)
  /// All threads work and the queue is full.
  case busy
  case timedOut
}
