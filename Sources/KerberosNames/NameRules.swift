public import S3Model

/// Which principals may come, and what they are called: explicit, the first rule that fits decides.
public struct NameRules: Sendable {
  private let realms: [ByteString]
  private let rules: [NameRule]
  private let mustMatch: Bool
  private let ignoresCase: Bool

  /// - Parameters:
  ///   - realms: whose principals are taken. The first is home: `DEFAULT` is about its people.
  ///   - rules: nil for `DEFAULT`, and then principals without a name are taken as well.
  ///   - ignoresCase: names are taken in lower case, as by directories to which case means nothing.
  public init(realms: [ByteString], rules: [String]?, ignoresCase: Bool = false) throws(KerberosNameError) {
    self.realms = realms
    var parsed: [NameRule] = []
    for rule in rules ?? ["DEFAULT"] { parsed.append(try NameRule(rule)) }
    self.rules = parsed
    mustMatch = rules != nil
    self.ignoresCase = ignoresCase
  }

  /// Somebody whom the rules let in.
  public struct Named: Hashable, Sendable {
    public let principal: KerberosPrincipal
    /// What the rules call it: what a directory is asked for.
    public let name: ByteString?
  }

  public enum Refusal: Error, Hashable, Sendable {
    case anonymous
    case foreignRealm
    /// No rule gives it a name, or the one that fits gives an empty one or one with control bytes.
    case noName
  }

  public func named(_ claimed: KerberosPrincipal) throws(Refusal) -> Named {
    guard !claimed.isAnonymous else { throw .anonymous }
    guard let home = realms.first, realms.contains(claimed.realm) else { throw .foreignRealm }
    let principal = ignoresCase ? claimed.lowercasedName : claimed
    for rule in rules {
      guard let name = rule.name(principal, homeRealm: home) else { continue }
      guard !name.isEmpty, name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .noName }
      return Named(principal: principal, name: ByteString(name))
    }
    if mustMatch { throw .noName }
    return Named(principal: principal, name: nil)
  }
}
