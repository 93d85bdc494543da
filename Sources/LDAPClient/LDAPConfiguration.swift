public import LDAPNames

/// What one directory is asked with, and for what.
public struct LDAPConfiguration: Sendable {
  /// Where the servers are.
  public enum Servers: Sendable {
    /// Asked in this order. Never empty.
    case list([LDAPServer])
    /// Those that DNS names as `_ldap._tcp` of a domain, all below it, by StartTLS (or in the clear).
    case domain(String, isPlain: Bool)
  }

  public enum Scope: String, CaseIterable, Sendable {
    case subtree
    case one
  }

  /// Who is looked for, and where.
  public struct People: Sendable {
    public var bases: [String]
    public var scope: Scope
    /// Has the place of a name.
    public var filter: FilterTemplate
    /// The attribute that says what somebody is called, such as `uid`.
    public var nameAttribute: String
    /// More attributes that are read.
    public var attributes: [String]

    public init(
      bases: [String], scope: Scope = .subtree, filter: FilterTemplate, nameAttribute: String,
      attributes: [String] = []
    ) {
      self.bases = bases
      self.scope = scope
      self.filter = filter
      self.nameAttribute = nameAttribute
      self.attributes = attributes
    }
  }

  /// Which groups somebody is in, and where they are.
  public struct Groups: Sendable {
    public var bases: [String]
    public var scope: Scope
    public var filter: FilterTemplate
    /// Levels of groups in groups that are followed; 0 for none.
    public var depthMax: Int
    /// The attribute that names a group.
    public var nameAttribute: String
    /// More are refused: a part of somebody's groups is not what policies ask for.
    public var countMax: Int

    public init(
      bases: [String], scope: Scope = .subtree, filter: FilterTemplate, depthMax: Int = 0,
      nameAttribute: String = "cn", countMax: Int = 200
    ) {
      self.bases = bases
      self.scope = scope
      self.filter = filter
      self.depthMax = depthMax
      self.nameAttribute = nameAttribute
      self.countMax = countMax
    }
  }

  /// Who looks people up. Paths are of files that are read anew for each connection.
  public enum LookUpAccount: Sendable {
    case password(name: String, file: String)
    /// By SASL's GSSAPI, with a ticket that the keytab's key gets.
    case kerberos(principal: String, keytab: String)
  }

  public var servers: Servers
  /// Path of the authorities' certificates; nil for the system's.
  public var certificateAuthorityFile: String?
  /// Nil: nobody in particular looks people up.
  public var account: LookUpAccount?
  public var people: People
  public var groups: Groups?
  /// For each answer of a server, and for a connection to be made.
  public var timeout: Duration = .seconds(5)

  public init(servers: Servers, people: People) {
    self.servers = servers
    self.people = people
  }
}
