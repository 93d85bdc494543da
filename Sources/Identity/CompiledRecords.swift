import Authorization
import HashTreeCollections
import IAMPolicy
import IdentityStore
import S3Model

/// Policies of records, compiled when a record changes and shared by everyone whom they bind.
///
/// Policies of users are not among them: there may be a million, so theirs are compiled when they come.
struct CompiledRecords: Sendable {
  struct Managed: Sendable {
    let arn: ByteString
    let policy: CompiledPolicy
  }

  final class Group: Sendable {
    let entry: IdentityEntry<GroupRecord>
    let inline: [CompiledPolicy]

    init(_ entry: IdentityEntry<GroupRecord>, inline: [CompiledPolicy]) {
      self.entry = entry
      self.inline = inline
    }
  }

  final class Role: Sendable {
    let entry: IdentityEntry<RoleRecord>
    let arn: ByteString
    let trust: CompiledPolicy
    let inline: [CompiledPolicy]

    init(_ entry: IdentityEntry<RoleRecord>, arn: ByteString, trust: CompiledPolicy, inline: [CompiledPolicy]) {
      self.entry = entry
      self.arn = arn
      self.trust = trust
      self.inline = inline
    }
  }

  /// By name in lower case.
  private(set) var managed = TreeDictionary<ByteString, Managed>()
  /// By name in lower case.
  private(set) var groups = TreeDictionary<ByteString, Group>()
  /// By name in lower case.
  private(set) var roles = TreeDictionary<ByteString, Role>()

  /// Follows one record of a table that has changed.
  mutating func follow(_ key: RecordKey, in table: IdentityTable, _ report: (IdentityFault) -> Void) {
    switch key.kind {
    case .policy:
      managed[key.name] = table.policies[key.name].map { entry in
        let record = entry.record
        return Managed(
          arn: table.arn(record),
          policy: Self.compile(record.document ?? "", record.name, .identity, of: key, report))
      }
    case .group:
      groups[key.name] = table.groups[key.name].map { entry in
        Group(entry, inline: Self.compile(entry.record.inline, of: key, report))
      }
    case .role:
      roles[key.name] = table.roles[key.name].map { entry in
        let record = entry.record
        return Role(
          entry, arn: ARN.role(record.name.text, path: record.path.text, account: table.account),
          trust: Self.compile(
            record.trustPolicy, ByteString("\(record.name) trust policy"), .trust, of: key, report),
          inline: Self.compile(record.inline, of: key, report))
      }
    case .user, .accessKey, .loginProfile, .mfaDevice, .mfaUse, .oidcProvider, .account, .revocation, .session,
      .keyUse:
      break
    }
  }

  static func compile(
    _ inline: [InlinePolicy], of key: RecordKey, _ report: (IdentityFault) -> Void
  ) -> [CompiledPolicy] {
    inline.map { compile($0.document, $0.name, .identity, of: key, report) }
  }

  /// What does not compile denies everything: a denial in it must not be lost.
  static func compile(
    _ document: ByteString, _ name: ByteString, _ kind: PolicyKind, of key: RecordKey,
    _ report: (IdentityFault) -> Void
  ) -> CompiledPolicy {
    do throws(PolicyError) {
      return try CompiledPolicy(parsing: document.bytes, name: name.text, kind: kind)
    } catch {
      report(.policy(key, name: name.text, error))
      return .denial(name: name.text, kind: kind)
    }
  }
}
