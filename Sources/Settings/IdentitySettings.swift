/// `identities`: who may come, declared in the settings.
public struct IdentitySettings: Sendable {
  public let users: [UserSettings]
  public let groups: [GroupSettings]
  public let roles: [RoleSettings]
  /// Managed policies, by name.
  public let policies: [PolicySettings]
}

/// A user. Names are unique without regard to case, as in IAM.
public struct UserSettings: Sendable {
  public let name: String
  public let path: String
  public let accessKeys: [AccessKeySettings]
  public let groups: [String]
  /// Names of declared or canned managed policies.
  public let policies: [PolicyReference]
  public let inlinePolicies: [PolicySettings]
  public let permissionsBoundary: PolicyReference?
  public let tags: [TagSetting]
  public let origin: SettingsOrigin
}

public struct AccessKeySettings: Sendable {
  public let id: String
  public let secret: SecretSource
  public let isActive: Bool
  public let origin: SettingsOrigin
}

public struct GroupSettings: Sendable {
  public let name: String
  public let path: String
  public let policies: [PolicyReference]
  public let inlinePolicies: [PolicySettings]
  public let origin: SettingsOrigin
}

public struct RoleSettings: Sendable {
  public let name: String
  public let path: String
  /// Who may assume the role.
  public let trustPolicy: PolicySource
  public let policies: [PolicyReference]
  public let inlinePolicies: [PolicySettings]
  public let permissionsBoundary: PolicyReference?
  /// 1 to 12 hours.
  public let maxSessionDuration: Duration
  public let tags: [TagSetting]
  public let origin: SettingsOrigin
}

/// A policy document under a name.
public struct PolicySettings: Sendable {
  public let name: String
  public let source: PolicySource
}

/// The name of a managed policy, with the key that names it.
public struct PolicyReference: Hashable, Sendable {
  public let name: String
  public let origin: SettingsOrigin
}

public struct TagSetting: Hashable, Sendable {
  public let key: String
  public let value: String
}

extension IdentitySettings {
  init(_ reader: SectionReader) {
    let decoder = reader.decoder
    policies = reader.policies("policies", nameLengthMax: 128)
    groups = reader.named("groups") { GroupSettings($0, $1, $2) }
    users = reader.named("users") { UserSettings($0, $1, $2) }
    roles = reader.named("roles") { RoleSettings($0, $1, $2) }

    // IAM: "Names … must be unique within the account, and are not distinguished by case."
    decoder.reportCollisions(policies.map { ($0.name, $0.source.origin) }, what: "policy")
    decoder.reportCollisions(groups.map { ($0.name, $0.origin) }, what: "group")
    decoder.reportCollisions(users.map { ($0.name, $0.origin) }, what: "user")
    decoder.reportCollisions(roles.map { ($0.name, $0.origin) }, what: "role")
    let keys = users.flatMap(\.accessKeys)
    decoder.reportCollisions(keys.map { ($0.id, $0.origin) }, what: "access key")

    let groupNames = Set(groups.map(\.name))
    for user in users {
      for group in user.groups where !groupNames.contains(group) {
        let origin = SettingsOrigin(keyPath: user.origin.keyPath + ".groups", location: user.origin.location)
        decoder.report(.unknownReference(kind: "group", name: group), at: origin)
      }
    }
  }
}

extension SettingsDecoder {
  /// Reports names that are equal without regard to case.
  fileprivate func reportCollisions(_ names: [(name: String, origin: SettingsOrigin)], what: String) {
    var seen: [String: String] = [:]
    for (name, origin) in names {
      let folded = String(decoding: name.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
      if let other = seen[folded] {
        report(.collision(found: name, with: "\(what) `\(other)`, case not counted"), at: origin)
      }
      seen[folded] = name
    }
  }
}

extension UserSettings {
  fileprivate init(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    self.name = name
    self.origin = origin
    reader.checkName(name, origin, lengthMax: 64)
    if name == "root" { reader.decoder.report(.reserved(found: name, meaning: "the account's own user"), at: origin) }
    path = reader.identityPath()
    accessKeys = reader.items("access_keys", countMax: 100) { AccessKeySettings($0) }
    groups =
      reader.values("groups", countMax: 100, "a group's name") { text, _ in
        IAMName.isValid(text, lengthMax: 128) ? text : nil
      } ?? []
    policies = reader.policyReferences("policies")
    inlinePolicies = reader.policies("inline_policies", nameLengthMax: 128)
    permissionsBoundary = reader.permissionsBoundary()
    tags = reader.tags()
  }
}

extension GroupSettings {
  fileprivate init(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    self.name = name
    self.origin = origin
    reader.checkName(name, origin, lengthMax: 128)
    path = reader.identityPath()
    policies = reader.policyReferences("policies")
    inlinePolicies = reader.policies("inline_policies", nameLengthMax: 128)
  }
}

extension RoleSettings {
  fileprivate init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    self.name = name
    self.origin = origin
    reader.checkName(name, origin, lengthMax: 64)
    path = reader.identityPath()
    policies = reader.policyReferences("policies")
    inlinePolicies = reader.policies("inline_policies", nameLengthMax: 128)
    permissionsBoundary = reader.permissionsBoundary()
    maxSessionDuration = reader.duration(
      "max_session_duration", default: .seconds(3600), in: .seconds(3600)...(.seconds(43_200)))
    tags = reader.tags()
    guard let node = reader.node("trust_policy", .mapping) else {
      reader.report(.missing, "trust_policy")
      return nil
    }
    let keyPath = reader.keyPath("trust_policy")
    guard let source = PolicySource(node, keyPath: keyPath, decoder: reader.decoder) else { return nil }
    trustPolicy = source
  }
}

extension AccessKeySettings {
  /// Whether a text can be an access key id. AWS's have 16 to 128 word characters; shorter ones and some punctuation
  /// are accepted because other stores hand them out. Never `/`, `,`, `=` or blanks, which a Credential could not hold.
  package static func isIdentifier(_ text: String) -> Bool {
    (3...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F, 0x2D, 0x2E, 0x40, 0x2B: true
        default: false
        }
      }
  }

  fileprivate enum Status: String, CaseIterable {
    case active, inactive
  }

  fileprivate init?(_ reader: SectionReader) {
    let id = reader.value("id", "3 to 128 letters, digits, `_`, `-`, `.`, `@` and `+`") { text in
      Self.isIdentifier(text) ? text : nil
    }
    let secret = reader.secret("secret")
    isActive = reader.choice("status", default: Status.active) == .active
    if id == nil && !reader.isSet("id") { reader.report(.missing, "id") }
    if secret == nil && !reader.isSet("secret") && !reader.isSet("secret_file") {
      reader.report(.missing, "secret_file")
    }
    guard let id, let secret else { return nil }
    // AWS starts the ids of temporary keys so, and clients take them for such.
    if id.hasPrefix("ASIA") {
      reader.report(.reserved(found: id, meaning: "`ASIA…` names temporary keys"), "id")
    }
    if case .inline(let value, let origin) = secret, value.count < Self.secretBytesMin {
      reader.decoder.report(.malformedSecret(expected: "at least \(Self.secretBytesMin) bytes"), at: origin)
    }
    self.id = id
    self.secret = secret
    self.origin = reader.origin("id")
  }

  /// Shortest secret access key accepted, in bytes. AWS's have 40.
  package static let secretBytesMin = 16
}

/// Names of IAM: letters, digits and `+=,.@_-`.
enum IAMName {
  static func isValid(_ text: String, lengthMax: Int) -> Bool {
    (1...lengthMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2B, 0x3D, 0x2C, 0x2E, 0x40, 0x5F, 0x2D: true
        default: false
        }
      }
  }
}

extension SectionReader {
  fileprivate func checkName(_ name: String, _ origin: SettingsOrigin, lengthMax: Int) {
    guard !IAMName.isValid(name, lengthMax: lengthMax) else { return }
    decoder.report(.malformed(expected: "1 to \(lengthMax) letters, digits and `+=,.@_-`", found: name), at: origin)
  }

  /// IAM: begins and ends with `/`, printable ASCII between, at most 512.
  fileprivate func identityPath() -> String {
    value("path", "a path such as `/` or `/team/`") { text in
      let bytes = Array(text.utf8)
      guard (1...512).contains(bytes.count), bytes.first == 0x2F, bytes.last == 0x2F else { return nil }
      return bytes.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    } ?? "/"
  }

  fileprivate func policies(_ key: String, nameLengthMax: Int) -> [PolicySettings] {
    nodes(named: key, countMax: 100_000).compactMap { entry in
      let path = keyPath(key) + "." + entry.key
      checkName(entry.key, SettingsOrigin(keyPath: path, location: entry.keyLocation), lengthMax: nameLengthMax)
      return PolicySource(entry.node, keyPath: path, decoder: decoder).map {
        PolicySettings(name: entry.key, source: $0)
      }
    }
  }

  fileprivate func policyReferences(_ key: String) -> [PolicyReference] {
    values(key, countMax: 1000, "a policy's name") { text, origin in
      IAMName.isValid(text, lengthMax: 128) ? PolicyReference(name: text, origin: origin) : nil
    } ?? []
  }

  fileprivate func permissionsBoundary() -> PolicyReference? {
    guard let (text, origin) = text("permissions_boundary") else { return nil }
    return PolicyReference(name: text, origin: origin)
  }

  /// IAM: at most 50, keys of 1 to 128 and values of at most 256 characters, keys unique without regard to case.
  fileprivate func tags() -> [TagSetting] {
    var seen: Set<String> = []
    return nodes(named: "tags", countMax: 50).compactMap { entry in
      let origin = SettingsOrigin(keyPath: keyPath("tags") + "." + entry.key, location: entry.keyLocation)
      guard (1...128).contains(entry.key.unicodeScalars.count) else {
        decoder.report(.malformed(expected: "a key of 1 to 128 characters", found: entry.key), at: origin)
        return nil
      }
      if entry.key.lowercased().hasPrefix("aws:") {
        decoder.report(.reserved(found: entry.key, meaning: "`aws:` tags are AWS's own"), at: origin)
      }
      if !seen.insert(entry.key.lowercased()).inserted {
        decoder.report(.collision(found: entry.key, with: "another tag, case not counted"), at: origin)
      }
      switch entry.node.content {
      case .null: return TagSetting(key: entry.key, value: "")
      case .text(let value):
        guard value.unicodeScalars.count <= 256 else {
          decoder.report(.malformed(expected: "at most 256 characters", found: String(value.prefix(60))), at: origin)
          return nil
        }
        return TagSetting(key: entry.key, value: value)
      case .list, .mapping:
        decoder.report(.wrongShape(expected: .text, found: entry.node.shape ?? .text), at: origin)
        return nil
      }
    }
  }
}
