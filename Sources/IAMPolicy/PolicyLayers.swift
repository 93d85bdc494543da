/// Every policy that has a say about one caller and one resource.
///
/// Nil means that the layer is not in use; an empty list allows nothing.
public struct PolicyLayers: Sendable {
  /// Of the user, its groups, or the role.
  public var identity: [CompiledPolicy]
  /// Of the bucket, or the trust policy of the role.
  public var resource: CompiledPolicy?
  public var boundary: [CompiledPolicy]?
  public var session: [CompiledPolicy]?
  /// Of a service account's key: a ceiling of its own, whatever the parent's session is limited to and whatever names
  /// the parent.
  public var serviceAccount: [CompiledPolicy]?
  /// From the organization's root down to the account; each level must allow.
  public var scp: [[CompiledPolicy]]?
  public var rcp: [[CompiledPolicy]]?

  public init(
    identity: [CompiledPolicy] = [], resource: CompiledPolicy? = nil, boundary: [CompiledPolicy]? = nil,
    session: [CompiledPolicy]? = nil, serviceAccount: [CompiledPolicy]? = nil, scp: [[CompiledPolicy]]? = nil,
    rcp: [[CompiledPolicy]]? = nil
  ) {
    self.identity = identity
    self.resource = resource
    self.boundary = boundary
    self.session = session
    self.serviceAccount = serviceAccount
    self.scp = scp
    self.rcp = rcp
  }
}
