public import IdentityStore
public import S3Model

/// One action on one resource that an IAM request needs, with everything of it that conditions read.
///
/// It is made of the records in force, and made again when the change is decided: what was authorized is what happens.
public struct IAMAccess: Hashable, Sendable {
  public var action: IAMAction
  /// The ARN, with the path of what there is; of what there is not, as if it were at `/`.
  public var resource: ByteString
  /// As a refusal names it.
  public var shown: ByteString
  /// `iam:PolicyARN`
  public var policyARN: ByteString?
  /// `iam:PermissionsBoundary`: the one asked for, or else the one in force.
  public var boundary: ByteString?
  /// `iam:ResourceTag`, `aws:ResourceTag`
  public var resourceTags: [IdentityTag] = []
  /// `aws:RequestTag`
  public var requestTags: [IdentityTag] = []
  /// `aws:TagKeys`
  public var tagKeys: [ByteString] = []

  public init(_ action: IAMAction, _ resource: ByteString, shown: ByteString? = nil) {
    self.action = action
    self.resource = resource
    self.shown = shown ?? resource
  }

  func with(requestTags: [IdentityTag]) -> IAMAccess {
    var access = self
    access.requestTags = requestTags
    access.tagKeys = requestTags.map(\.key)
    return access
  }

  func with(tagKeys: [ByteString]) -> IAMAccess {
    var access = self
    access.tagKeys = tagKeys
    return access
  }

  func with(boundary: ByteString?) -> IAMAccess {
    var access = self
    access.boundary = boundary
    return access
  }

  func with(policyARN: ByteString) -> IAMAccess {
    var access = self
    access.policyARN = policyARN
    return access
  }
}
