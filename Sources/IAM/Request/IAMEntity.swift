import Identity
import IdentityStore
import S3Model
import S3Wire

/// A record that actions name by one parameter.
protocol IAMEntity: IdentityRecord {
  /// Reads the parameter that names it.
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString
  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<Self>
  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess
  /// For messages.
  static func entityName(_ reference: ByteString) -> IAMEntityName
}

extension IAMEntity {
  /// The record for changing it.
  /// - Throws: `declared` for one that the settings hold.
  static func findEditable(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<Self> {
    let entry = try find(reference, scope)
    guard !entry.isDeclared else { throw .declared(entityName(reference)) }
    return entry
  }
}

extension UserRecord: IAMEntity {
  /// AWS's model has 64 characters for some actions and 128 for others.
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString {
    switch action {
    case .attachUserPolicy, .detachUserPolicy, .listAttachedUserPolicies, .putUserPermissionsBoundary,
      .deleteUserPermissionsBoundary, .deleteLoginProfile, .updateLoginProfile:
      checker.userName(max: 64)
    default: checker.userName()
    }
  }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<UserRecord> {
    try scope.user(reference)
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, user: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .user(reference) }
}

extension GroupRecord: IAMEntity {
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString { checker.groupName() }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<GroupRecord> {
    try scope.group(reference)
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, group: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .group(reference) }
}

extension RoleRecord: IAMEntity {
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString { checker.roleName() }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<RoleRecord> {
    try scope.role(reference)
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, role: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .role(reference) }
}

extension PolicyRecord: IAMEntity {
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString { checker.policyARN() }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<PolicyRecord> {
    if let entry = scope.findPolicy(reference) { return entry }
    // Canned policies are nobody's to change.
    if scope.anyPolicy(reference) != nil { throw .declared(.policy(arn: reference)) }
    throw .noSuchEntity(.policy(arn: reference))
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, policy: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .policy(arn: reference) }
}

extension MFADeviceRecord: IAMEntity {
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString {
    checker.serialNumber()
  }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<MFADeviceRecord> {
    try scope.device(reference)
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, device: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .mfaDevice(serial: reference) }
}

extension OIDCProviderRecord: IAMEntity {
  static func reference(_ checker: inout ParameterChecker, _ action: IAMAction) -> ByteString {
    checker.providerARN()
  }

  static func find(_ reference: ByteString, _ scope: IAMScope) throws(IAMError) -> IdentityEntry<OIDCProviderRecord> {
    try scope.provider(reference)
  }

  static func access(_ action: IAMAction, _ reference: ByteString, _ scope: IAMScope) -> IAMAccess {
    scope.access(action, provider: reference)
  }

  static func entityName(_ reference: ByteString) -> IAMEntityName { .oidcProvider(reference) }
}
