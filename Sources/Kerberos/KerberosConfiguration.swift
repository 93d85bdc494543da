public import KerberosNames

/// What one acceptor is made from.
public struct KerberosConfiguration: Sendable {
  /// Path of a keytab, which is read anew for each token: a changed one counts at once.
  public var keytab: String
  /// Path of the file in which this node remembers the tokens it has seen; acceptors may share one.
  public var replayCache: String
  /// The services that this gateway is. Never empty.
  public var services: [KerberosPrincipal]
  public var rules: NameRules
  /// Refuses tokens that are not bound to the TLS connection.
  public var requiresBinding: Bool

  public init(
    keytab: String, replayCache: String, services: [KerberosPrincipal], rules: NameRules, requiresBinding: Bool = false
  ) {
    self.keytab = keytab
    self.replayCache = replayCache
    self.services = services
    self.rules = rules
    self.requiresBinding = requiresBinding
  }
}
