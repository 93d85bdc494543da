public import IAMPolicy
public import S3Model

/// DeleteObjects under decision: each entry of its document is decided on its own, in any order and at any time, and
/// what is authorized in the end holds the allowed ones only.
public struct DeletionAuthorization: Sendable {
  public let request: S3Request
  /// What each entry needs: it is allowed when all of it is.
  public let entries: [[Access]]
  /// Of each entry: the denial, or the last of what allows it, with the obligations of all.
  private var decided: [Decision?]

  /// Nil for other operations, which cannot be run in part.
  public init?(_ request: S3Request, entries: [[Access]]) {
    guard request.operation == .deleteObjects else { return nil }
    self.request = request
    self.entries = entries
    decided = Array(repeating: nil, count: entries.count)
  }

  /// Decides one entry, again where it was decided before.
  /// - Parameter context: of each access, which can differ in its version.
  @discardableResult
  public mutating func decide<Context: RequestFacts>(
    _ entry: Int, _ caller: Caller, _ snapshot: AuthorizationSnapshot, at now: PolicyDate,
    context: (Access) -> Context
  ) -> Decision {
    let decision = Authorizer.decide(entries[entry], caller, snapshot, at: now, context: context)
    decided[entry] = decision
    return decision
  }

  /// What came of it. An entry that nobody has decided, or whose obligations contradict those of one before it, is
  /// denied.
  public func outcome() -> Outcome {
    var obligations = Obligations.none
    var decisions: [Decision] = []
    decisions.reserveCapacity(entries.count)
    var allowed: [Access] = []
    for (accesses, decision) in zip(entries, decided) {
      guard var decision else {
        decisions.append(Decision(.nothingToAllow, access: accesses.first))
        continue
      }
      if decision.isAllowed {
        var merged = obligations
        do throws(ObligationError) {
          try merged.merge(decision.obligations)
          obligations = merged
          allowed += accesses
        } catch {
          decision = decision.contradicted(error)
        }
      }
      decisions.append(decision)
    }
    guard !allowed.isEmpty else { return Outcome(authorized: nil, decisions: decisions, obligations: .none) }
    var narrowed = request
    narrowed.accesses = allowed
    return Outcome(authorized: AuthorizedRequest(narrowed), decisions: decisions, obligations: obligations)
  }

  public struct Outcome: Sendable {
    /// Nil when no entry is allowed.
    public let authorized: AuthorizedRequest?
    /// In the order of the entries.
    public let decisions: [Decision]
    /// Of the entries that are allowed, the strictest.
    public let obligations: Obligations
  }
}
