import Identity
import IdentityStore
import S3Model
import S3Wire

/// A record that policies are embedded in and attached to: the actions on them are the same but for names.
protocol PolicyHolder: IAMEntity {
  static var words: HolderWords { get }
  var name: ByteString { get }
  var path: ByteString { get }
  var uniqueID: ByteString { get }
  var policies: [ByteString] { get set }
  var inline: [InlinePolicy] { get set }
  /// `iam:PermissionsBoundary` to the actions; groups have none.
  var boundaryInForce: ByteString? { get }
}

/// How one kind of holder is called.
struct HolderWords: Sendable {
  /// In messages: `user`.
  var noun: String
  /// The element with the name: `UserName`.
  var nameElement: StaticString
  var put, get, delete, list, attach, detach, listAttached: IAMAction
  var attachmentsMax: IAMQuota
}

extension UserRecord: PolicyHolder {
  static let words = HolderWords(
    noun: "user", nameElement: "UserName", put: .putUserPolicy, get: .getUserPolicy, delete: .deleteUserPolicy,
    list: .listUserPolicies, attach: .attachUserPolicy, detach: .detachUserPolicy,
    listAttached: .listAttachedUserPolicies, attachmentsMax: .policiesPerUser)
  var boundaryInForce: ByteString? { boundary }
}

extension GroupRecord: PolicyHolder {
  static let words = HolderWords(
    noun: "group", nameElement: "GroupName", put: .putGroupPolicy, get: .getGroupPolicy, delete: .deleteGroupPolicy,
    list: .listGroupPolicies, attach: .attachGroupPolicy, detach: .detachGroupPolicy,
    listAttached: .listAttachedGroupPolicies, attachmentsMax: .policiesPerGroup)
  var boundaryInForce: ByteString? { nil }
}

extension RoleRecord: PolicyHolder {
  static let words = HolderWords(
    noun: "role", nameElement: "RoleName", put: .putRolePolicy, get: .getRolePolicy, delete: .deleteRolePolicy,
    list: .listRolePolicies, attach: .attachRolePolicy, detach: .detachRolePolicy,
    listAttached: .listAttachedRolePolicies, attachmentsMax: .policiesPerRole)
  var boundaryInForce: ByteString? { boundary }
}

extension PolicyHolder {
  /// The access of an action on the holder's policies.
  static func policyAccess(_ action: IAMAction, _ name: ByteString, _ scope: IAMScope) -> IAMAccess {
    var boundary: ByteString?
    do throws(IAMError) {
      boundary = try find(name, scope).record.boundaryInForce
    } catch {
      // Who is not there has no boundary; that comes out when the action is performed.
    }
    return access(action, name, scope).with(boundary: boundary)
  }
}
