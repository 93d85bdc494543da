public import Authorization
public import LDAPNames
import S3Model

/// One entry of `ldap`: a directory whose people log in with name and password.
public struct LDAPSettings: Sendable {
  /// Where its servers are.
  public enum Servers: Sendable {
    /// Never empty.
    case list([LDAPServer])
    /// As DNS names them: `_ldap._tcp` of the domain.
    case domain(String)
  }

  public enum Scope: String, CaseIterable, Sendable {
    case subtree
    case one
  }

  /// Who looks people up; nobody in particular without one.
  public enum LookUpAccount: Sendable {
    case password(name: String, file: FileReference)
    /// By a ticket that the keytab's key gets.
    case kerberos(principal: String, keytab: FileReference)
  }

  public let name: String
  public let servers: Servers
  /// Whether `ldap` goes without TLS.
  public let isPlain: Bool
  /// Authorities of the servers' certificates, PEM; nil for the system's.
  public let caFile: FileReference?
  public let account: LookUpAccount?
  /// Names of entries below which people are. Never empty.
  public let userBases: [String]
  public let userScope: Scope
  public let userFilter: FilterTemplate
  public let usernameAttribute: String
  /// More attributes that sessions carry.
  public let attributes: [String]
  /// Empty: groups are not asked for.
  public let groupBases: [String]
  public let groupScope: Scope
  public let groupFilter: FilterTemplate
  public let groupNameAttribute: String
  /// Levels of groups in groups that are followed.
  public let groupDepth: Int
  public let groupsMax: Int
  /// For each answer, and for a connection to be made.
  public let timeout: Duration
  /// Refusals are told at whole multiples of this after they were asked for.
  public let refusalInterval: Duration
  /// How often the directory is asked about those whose sessions and service accounts live.
  public let refreshInterval: Duration
  /// How long its last answer holds.
  public let staleMax: Duration
  /// What those may do who come without a role.
  public let mapping: FederatedMapping
  public let origin: SettingsOrigin
}

extension LDAPSettings {
  private static let plainFilter = "a filter in parentheses with `%s` for the name, such as `(uid=%s)`"

  init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    if !IAMName.isValid(name, lengthMax: 64) {
      reader.decoder.report(.malformed(expected: "1 to 64 letters, digits and `+=,.@_-`", found: name), at: origin)
    }
    self.name = name
    self.origin = origin
    let isPlain = reader.boolean("plaintext", default: false)
    self.isPlain = isPlain
    let errorsBefore = reader.decoder.errors.count
    let list = reader.values("servers", countMax: 20, "a URL such as `ldaps://ldap.example.com`") { text, _ in
      LDAPServer(url: text, isPlain: isPlain)
    }
    let domain = reader.value("domain", "a domain such as `example.com`") { text in
      text.contains(".") && LDAPServer(url: "ldap://\(text)") != nil && !text.contains(":") ? text.lowercased() : nil
    }
    if list != nil && domain != nil { reader.report(.excludes(key: reader.keyPath("servers")), "domain") }
    if list?.isEmpty ?? true, domain == nil, reader.decoder.errors.count == errorsBefore {
      reader.report(.missing, "servers")
    }
    caFile = reader.file("ca_file")
    account = Self.account(reader)
    userBases = reader.distinguishedNames("user_bases") ?? []
    if userBases.isEmpty && !reader.isSet("user_bases") { reader.report(.missing, "user_bases") }
    userScope = reader.choice("user_scope", default: .subtree)
    let userFilter = reader.filter("user_filter", default: "(uid=%s)", Self.plainFilter) { $0.has(.name) }
    usernameAttribute = reader.attribute("username_attribute") ?? "uid"
    attributes =
      reader.values(
        "attributes", countMax: 16, "an attribute such as `mail`, none of user, username, groups, groupnames"
      ) {
        text, _ in
        SectionReader.isAttribute(text) && !Self.ownClaims.contains(text.lowercased()) ? text : nil
      } ?? []
    groupBases = reader.distinguishedNames("group_bases") ?? []
    groupScope = reader.choice("group_scope", default: .subtree)
    let groupFilter = reader.filter(
      "group_filter", default: "(member=%d)",
      "a filter in parentheses with `%d` for the member or `%s` for its name, such as `(member=%d)`"
    ) { $0.has(.distinguishedName) || $0.has(.name) }
    groupNameAttribute = reader.attribute("group_name_attribute") ?? "cn"
    groupDepth = reader.number("group_depth", default: 0, in: 0...16)
    groupsMax = reader.number("groups_max", default: 64, in: 1...64)
    if groupDepth > 0, let groupFilter, !groupFilter.has(.distinguishedName) {
      reader.report(.malformed(expected: "0, as `group_filter` has no `%d`", found: "\(groupDepth)"), "group_depth")
    }
    timeout = reader.duration("timeout", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)))
    refusalInterval = reader.duration("refusal_interval", default: .seconds(1), in: .milliseconds(100)...(.seconds(10)))
    refreshInterval = reader.duration("refresh_interval", default: .seconds(300), in: .seconds(1)...(.seconds(86_400)))
    staleMax = reader.duration("stale_max", default: .seconds(3600), in: .seconds(1)...(.seconds(7 * 86_400)))
    if staleMax <= refreshInterval {
      reader.report(.malformed(expected: "more than `refresh_interval`", found: "\(staleMax)"), "stale_max")
    }
    mapping = reader.directoryMapping()
    guard let servers = list.map(Servers.list) ?? domain.map(Servers.domain), let userFilter, let groupFilter else {
      return nil
    }
    if case .list(let list) = servers, list.isEmpty { return nil }
    self.servers = servers
    self.userFilter = userFilter
    self.groupFilter = groupFilter
  }

  /// Claims that every session carries.
  private static let ownClaims = ["user", "username", "groups", "groupnames"]

  private static func account(_ reader: SectionReader) -> LookUpAccount? {
    let name = reader.value("lookup_bind_dn", "a distinguished name, or `name@domain`") { text in
      (1...1024).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    }
    let password = reader.file("lookup_bind_password_file")
    let principal = reader.value("lookup_principal", "a principal such as `martlet@EXAMPLE.COM`") { text in
      (1...256).contains(text.utf8.count) && text.contains("@") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        ? text : nil
    }
    let keytab = reader.file("lookup_keytab_file")
    if reader.isSet("lookup_bind_dn") != reader.isSet("lookup_bind_password_file") {
      reader.report(.missing, name == nil ? "lookup_bind_dn" : "lookup_bind_password_file")
    }
    if reader.isSet("lookup_principal") != reader.isSet("lookup_keytab_file") {
      reader.report(.missing, principal == nil ? "lookup_principal" : "lookup_keytab_file")
    }
    if name != nil && principal != nil {
      reader.report(.excludes(key: reader.keyPath("lookup_bind_dn")), "lookup_principal")
    }
    if let name, let password { return .password(name: name, file: password) }
    if let principal, let keytab { return .kerberos(principal: principal, keytab: keytab) }
    return nil
  }
}

extension SectionReader {
  func directories() -> [LDAPSettings] { named("ldap", countMax: 100) { LDAPSettings($0, $1, $2) } }

  fileprivate static func isAttribute(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
      }
  }

  fileprivate func attribute(_ key: String) -> String? {
    value(key, "an attribute such as `uid`") { Self.isAttribute($0) ? $0 : nil }
  }

  fileprivate func distinguishedNames(_ key: String) -> [String]? {
    values(key, countMax: 20, "a distinguished name such as `ou=people,dc=example,dc=com`") { text, _ in
      DistinguishedName(text.utf8) != nil ? text : nil
    }
  }

  /// - Returns: nil after a report.
  fileprivate func filter(
    _ key: String, default defaultValue: String, _ expected: String, _ isFit: (FilterTemplate) -> Bool
  ) -> FilterTemplate? {
    guard isSet(key) else { return FilterTemplate(defaultValue) }
    return value(key, expected) { text in FilterTemplate(text).flatMap { isFit($0) ? $0 : nil } }
  }

  /// Names of entries are compared in their one form, which settings need not have.
  fileprivate func directoryMapping() -> FederatedMapping {
    var mapping = federatedMapping()
    for index in mapping.rules.indices {
      guard let claim = mapping.rules[index].claim?.text.lowercased(), claim == "groups" || claim == "user" else {
        continue
      }
      let value = mapping.rules[index].value
      if value == "*" { continue }
      guard let name = DistinguishedName(value.bytes) else {
        report(.malformed(expected: "a distinguished name where `claim` is `\(claim)`", found: value.text), "policies")
        continue
      }
      mapping.rules[index].value = name.text
    }
    return mapping
  }
}
