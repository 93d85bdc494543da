import Identity
import IdentityStore
import S3Model
import S3Wire

/// A record with a permissions boundary: users and roles.
protocol Bounded: PolicyHolder {
  static var putBoundary: IAMAction { get }
  static var deleteBoundary: IAMAction { get }
  var boundary: ByteString? { get set }
}

extension UserRecord: Bounded {
  static var putBoundary: IAMAction { .putUserPermissionsBoundary }
  static var deleteBoundary: IAMAction { .deleteUserPermissionsBoundary }
}

extension RoleRecord: Bounded {
  static var putBoundary: IAMAction { .putRolePermissionsBoundary }
  static var deleteBoundary: IAMAction { .deleteRolePermissionsBoundary }
}

struct PutBoundary<Holder: Bounded>: IAMEditing {
  static var action: IAMAction { Holder.putBoundary }
  let holder: ByteString
  let arn: ByteString

  init(_ checker: inout ParameterChecker) {
    holder = Holder.reference(&checker, Self.action)
    arn = checker.required("PermissionsBoundary", length: 20...2048, .arn)
  }

  /// The condition key has the boundary that is to be.
  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.access(Self.action, holder, scope).with(boundary: arn)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    try scope.keepBoundary(arn, &change)
    var record = entry.record
    record.boundary = arn
    change.put(record, over: entry)
    return .none
  }
}

struct DeleteBoundary<Holder: Bounded>: IAMEditing {
  static var action: IAMAction { Holder.deleteBoundary }
  let holder: ByteString

  init(_ checker: inout ParameterChecker) { holder = Holder.reference(&checker, Self.action) }

  /// The condition key has the boundary that is.
  func accesses(_ scope: IAMScope) -> [IAMAccess] { [Holder.policyAccess(Self.action, holder, scope)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try Holder.findEditable(holder, scope)
    var record = entry.record
    guard record.boundary != nil else { throw .noSuchEntity(.boundary(holder: holder)) }
    record.boundary = nil
    change.put(record, over: entry)
    return .none
  }
}
