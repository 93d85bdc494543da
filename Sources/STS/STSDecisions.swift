public import Authorization
public import S3Model

/// A session as it was issued.
public struct IssuedSession: Sendable {
  public let token: SessionToken
  /// As GetCallerIdentity names it.
  public let arn: ByteString
}

/// What was decided about one STS request, of whose accesses each is decided on its own. Filled also when the request
/// is refused, for the audit record.
public struct STSDecisions: Sendable {
  /// About the action itself, or the denial; nil for actions that need no permission where nobody is asked.
  public private(set) var decision: Decision?
  /// What policy asks of all accesses together, the strictest.
  public private(set) var obligations = Obligations.none

  /// The session that was made, for the index of sessions; nil for none.
  public internal(set) var issued: IssuedSession?

  public init() {}

  /// - Returns: the decision, or the denial where it cannot be had together with those before.
  mutating func take(_ next: Decision) -> Decision {
    var next = next
    if next.isAllowed {
      do throws(ObligationError) {
        try obligations.merge(next.obligations)
      } catch {
        next = next.contradicted(error)
      }
    }
    if decision == nil || !next.isAllowed { decision = next }
    return next
  }
}
