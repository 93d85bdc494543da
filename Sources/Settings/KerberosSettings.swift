public import Authorization
public import KerberosNames
public import S3Model

/// One entry of `kerberos`: services of this gateway, and whose tickets for them are taken.
public struct KerberosSettings: Sendable {
  /// What is asked of tokens about the TLS connection they come through.
  public enum ChannelBinding: String, CaseIterable, Sendable {
    /// A binding that is there must be right.
    case checked
    /// Tokens without one are refused.
    case required
  }

  public let name: String
  /// The keys of ``services``.
  public let keytabFile: FileReference
  /// This gateway's names, such as `HTTP/s3.example.com@EXAMPLE.COM`. Never empty.
  public let services: [KerberosPrincipal]
  /// Whose principals are taken; the first is home. Never empty.
  public let realms: [ByteString]
  /// As in `auth_to_local`; nil: `DEFAULT`, and principals that it has no name for may come as well.
  public let rules: [String]?
  public let ignoresCase: Bool
  public let channelBinding: ChannelBinding
  /// Names or ARNs of the roles that are tried, in order, for those who name none.
  public let roles: [String]
  /// The groups in tickets that sessions carry; nil for all.
  public let groups: [String]?
  /// The entry of `ldap` that is asked for the groups, and whether they may still come; nil: tickets say.
  public let directory: String?
  /// What those may do whom none of the roles trusts.
  public let mapping: FederatedMapping
  /// Whether S3 requests may bring tickets instead of signatures.
  public let isForS3: Bool
  public let origin: SettingsOrigin
}

extension KerberosSettings {
  init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    if !IAMName.isValid(name, lengthMax: 64) {
      reader.decoder.report(.malformed(expected: "1 to 64 letters, digits and `+=,.@_-`", found: name), at: origin)
    }
    self.name = name
    self.origin = origin
    let keytab = reader.file("keytab_file")
    if keytab == nil && !reader.isSet("keytab_file") { reader.report(.missing, "keytab_file") }
    var errorsBefore = reader.decoder.errors.count
    services =
      reader.values("principals", countMax: 100, "a service such as `HTTP/s3.example.com@EXAMPLE.COM`") { text, _ in
        KerberosPrincipal(text.utf8).flatMap { $0.components.count > 1 && !$0.isAnonymous ? $0 : nil }
      } ?? []
    // An empty list is none.
    if services.isEmpty && reader.decoder.errors.count == errorsBefore { reader.report(.missing, "principals") }
    errorsBefore = reader.decoder.errors.count
    realms =
      reader.values("realms", countMax: 100, "a realm such as `EXAMPLE.COM`") { text, _ in
        KerberosPrincipal(components: ["x"], realm: ByteString(text)).map(\.realm)
      } ?? services.first.map { [$0.realm] } ?? []
    if realms.isEmpty && !services.isEmpty && reader.decoder.errors.count == errorsBefore {
      reader.report(.missing, "realms")
    }
    rules = reader.values("rules", countMax: 100, "`DEFAULT` or `RULE:[n:format](pattern)s/pattern/text/`") { text, _ in
      do throws(KerberosNameError) {
        _ = try NameRule(text)
        return text
      } catch {
        return nil
      }
    }
    ignoresCase = reader.boolean("ignore_case", default: false)
    channelBinding = reader.choice("channel_binding", default: .checked)
    roles =
      reader.values("roles", countMax: 20, "a role's name or ARN") { text, _ in
        IAMName.isValid(text, lengthMax: 64) || text.hasPrefix("arn:aws:iam::") ? text : nil
      } ?? []
    groups = reader.values("groups", countMax: 64, "a security identifier such as `S-1-5-21-1-2-3-512`") { text, _ in
      text.hasPrefix("S-1-") && text.utf8.count <= 184 ? text : nil
    }
    directory = reader.text("directory")?.text
    if directory != nil && groups != nil { reader.report(.excludes(key: reader.keyPath("groups")), "directory") }
    isForS3 = reader.boolean("s3", default: false)
    mapping = reader.federatedMapping()
    if isForS3 && roles.isEmpty && mapping.isEmpty { reader.report(.needs(key: reader.keyPath("roles")), "s3") }
    guard let keytab, !services.isEmpty, !realms.isEmpty else { return nil }
    keytabFile = keytab
  }
}

extension SectionReader {
  func kerberosProviders() -> [KerberosSettings] {
    let providers = named("kerberos", countMax: 100) { KerberosSettings($0, $1, $2) }
    var seen: [ByteString: String] = [:]
    for provider in providers {
      for service in provider.services {
        // One ticket would be good for two providers.
        if let other = seen[service.text] {
          decoder.report(.collision(found: service.text.text, with: "a service of `\(other)`"), at: provider.origin)
        }
        seen[service.text] = provider.name
      }
    }
    return providers
  }
}
