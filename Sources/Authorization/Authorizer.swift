public import IAMPolicy
public import S3Model

/// Decides requests: pure, over one snapshot.
public enum Authorizer {
  /// Decides one action on one resource.
  /// - Parameters:
  ///   - now: the exchange's time.
  ///   - context: what the request says; the caller's keys and the time are answered here.
  public static func decide(
    _ access: Access, _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    _ context: some RequestFacts
  ) -> Decision {
    var layers = caller.layers
    if let refusal = addBucketPolicy(to: &layers, access, caller, snapshot) { return refusal }
    let request = PolicyRequest(
      principal: caller.principal, action: access.action, resource: access.resource,
      resourceAccount: snapshot.account)
    let decision = PolicyEvaluator.decide(
      request, layers, DecisionContext(caller: caller, now: now, request: context))
    if let external = snapshot.external {
      return weigh(decision, request, layers, access, caller, snapshot, at: now, context, external)
    }
    guard let authority = snapshot.rego else { return Decision(.policy(decision), access: access) }
    return weigh(decision, request, layers, access, caller, snapshot, at: now, context, authority)
  }

  /// Adds the resource's part to the caller's policies.
  /// - Returns: the decision, where the bucket's state decides before any statement.
  @inline(__always)
  static func addBucketPolicy(
    to layers: inout PolicyLayers, _ access: Access, _ caller: Caller, _ snapshot: AuthorizationSnapshot
  ) -> Decision? {
    if let bucket = access.bucket, let policy = snapshot.bucketPolicies[bucket] {
      switch policy {
      case .policy(let policy): layers.resource = policy
      case .unusable:
        guard mayMendBucketPolicy(access.action, caller, snapshot) else {
          return Decision(.unusableBucketPolicy, access: access)
        }
      }
      // Nobody else has a grant but by that policy.
      if caller.principal.account != snapshot.account, snapshot.closedBuckets.contains(bucket) {
        return Decision(.publicAccessBlocked, access: access)
      }
    }
    // "The root user can always call GetBucketPolicy, PutBucketPolicy and DeleteBucketPolicy, even if the bucket policy
    // denies it" (Amazon S3 API reference), so that nobody is locked out of a bucket.
    if mayMendBucketPolicy(access.action, caller, snapshot) { layers.resource = nil }
    return nil
  }

  /// Decides several accesses: all must be allowed, and the first that is not decides. None at all is not allowed.
  /// - Parameter context: of each access, which can differ in its version.
  public static func decide<Context: RequestFacts>(
    _ accesses: [Access], _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    context: (Access) -> Context
  ) -> Decision {
    var last = Decision(.nothingToAllow, access: nil)
    var obligations = Obligations.none
    for access in accesses {
      last = decide(access, caller, snapshot, at: now, context(access))
      guard last.isAllowed else { return last }
      do throws(ObligationError) {
        try obligations.merge(last.obligations)
      } catch {
        return last.contradicted(error)
      }
    }
    last.obligations = obligations
    return last
  }

  /// Whether the object's tags must be fetched before deciding: a statement about the access reads them.
  public static func readsObjectTags(
    _ accesses: [Access], _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    _ context: some RequestFacts
  ) -> Bool {
    // Most callers and buckets have no such statement, and then the accesses need not be looked at.
    guard caller.readsObjectTags || !snapshot.bucketPolicies.isEmpty else { return false }
    let decisionContext = DecisionContext(caller: caller, now: now, request: context)
    return accesses.contains { access in
      var layers = caller.layers
      if let bucket = access.bucket, case .policy(let policy)? = snapshot.bucketPolicies[bucket] {
        layers.resource = policy
      }
      let request = PolicyRequest(
        principal: caller.principal, action: access.action, resource: access.resource,
        resourceAccount: snapshot.account)
      return PolicyEvaluator.reads(.s3(.existingObjectTag), request, layers, decisionContext)
    }
  }

  private static func mayMendBucketPolicy(
    _ action: Action, _ caller: Caller, _ snapshot: AuthorizationSnapshot
  ) -> Bool {
    guard caller.isUnlimitedRoot, caller.principal.account == snapshot.account else { return false }
    return action == .s3(.getBucketPolicy) || action == .s3(.putBucketPolicy) || action == .s3(.deleteBucketPolicy)
  }
}

extension Authorizer {
  /// A request whose accesses are all allowed, or the decision against it.
  public static func authorize<Context: RequestFacts>(
    _ request: S3Request, _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    context: (Access) -> Context
  ) -> (authorized: AuthorizedRequest?, decision: Decision) {
    let decision = decide(request.accesses, caller, snapshot, at: now, context: context)
    return (decision.isAllowed ? AuthorizedRequest(request) : nil, decision)
  }

  /// A CORS preflight, which the bucket's CORS rules decide and which reads nothing else. Nil for other operations.
  public static func authorizePreflight(_ request: S3Request) -> AuthorizedRequest? {
    request.operation == .optionsObject ? AuthorizedRequest(request) : nil
  }

  /// The gateway's own read of an object's tags, which a decision waits for. Nil for other operations.
  ///
  /// Its answer must go into the decision only, never to the client.
  public static func authorizeTagLookup(_ request: S3Request) -> AuthorizedRequest? {
    request.operation == .getObjectTagging ? AuthorizedRequest(request) : nil
  }
}
