public import Authorization
import IAMPolicy
import Rego
import S3Model

extension RecordedRequest {
  /// What deciding anew comes to.
  public enum Replayed {
    /// One decision for all accesses; of DeleteObjects one for each.
    case decided([Decision])
    /// In words behind "lacks".
    case undecidable(lacks: String)
  }

  /// Decides the request under other policies, as the gateway would.
  /// - Parameter facts: of the request, see ``StatedFacts``; the evaluation memory is shared by all.
  public func decide(in world: PolicyWorld, _ session: RegoSession?) -> Replayed {
    if let lacks { return .undecidable(lacks: lacks) }
    let caller: Caller
    do throws(Missing) { caller = try self.caller(in: world.snapshot) } catch { return .undecidable(lacks: error.what) }
    let stated = facts.make(account: world.snapshot.account, region: world.region)
    stated.share(session)
    let asked = hidesMissingKey ? accesses + hiddenAccesses : accesses
    let needsTags =
      facts.lacksTags(asked)
      && Authorizer.readsObjectTags(
        asked, caller, world.snapshot, at: time, facts.narrow(stated, to: asked.first ?? accesses[0]))
    if needsTags { return .undecidable(lacks: "the object's tags") }
    guard isDecidedByKey else {
      // All accesses together: obligations of several may contradict each other.
      let decision = Authorizer.decide(asked, caller, world.snapshot, at: time) { facts.narrow(stated, to: $0) }
      return Self.replayed([decision], stated)
    }
    return Self.replayed(
      asked.map { Authorizer.decide($0, caller, world.snapshot, at: time, facts.narrow(stated, to: $0)) }, stated)
  }

  private static func replayed(_ decisions: [Decision], _ stated: StatedFacts) -> Replayed {
    if decisions.contains(where: \.needsObjectTags) { return .undecidable(lacks: "the object's tags") }
    if let missing = stated.lacks.min() { return .undecidable(lacks: missing) }
    return .decided(decisions)
  }

  /// Whether each resource is decided by itself.
  public var isDecidedByKey: Bool { operation == "DeleteObjects" }

  /// What was asked when the key turned out to be missing.
  private var hiddenAccesses: [Access] {
    let bucket = facts.copySourceBucket ?? accesses.first?.bucket
    return bucket.map { [Access(.listBucket, bucket: $0)] } ?? []
  }

  /// Every access explained, in order.
  /// - Throws: what the record lacks, in words.
  public func explain(in world: PolicyWorld) throws(ReplayFault) -> [DecisionExplanation] {
    if let lacks { throw ReplayFault(lacks: lacks) }
    let caller: Caller
    do throws(Missing) { caller = try self.caller(in: world.snapshot) } catch { throw ReplayFault(lacks: error.what) }
    let stated = facts.make(account: world.snapshot.account, region: world.region)
    return (hidesMissingKey ? accesses + hiddenAccesses : accesses).map { access in
      Authorizer.explain(
        access, caller, world.snapshot, at: time, facts.narrow(stated, to: access), rules: world.rules)
    }
  }
}

/// Why a record cannot be decided again.
public struct ReplayFault: Error, Sendable {
  public let lacks: String
}
