public import Authorization

/// What was decided about one IAM request, of whose accesses each is decided on its own. Filled also when the request is
/// refused, for the audit record.
public struct IAMDecisions: Sendable {
  /// About the first access, or the denial.
  public private(set) var decision: Decision?
  /// What policy asks of all accesses together, the strictest.
  public private(set) var obligations = Obligations.none

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
