public import Authorization
import Cryptography
import IAMPolicy
public import Identity
import IdentityStore
public import S3Model
import S3Wire

/// The IAM API over the identity store.
///
/// A request is parsed, then authorized on its event loop, then performed off it: reads can be large, edits wait for the
/// store, passwords are hashed.
public struct IAMService: Sendable {
  public let editor: any IdentityEditor
  /// What no user and no key may be named.
  let isReserved: @Sendable (ByteString) -> Bool
  /// What the settings say now.
  let declared: @Sendable () -> Declared
  let codes = CodeLimiter()

  /// What the API needs of the settings.
  public struct Declared: Sendable {
    /// How long service accounts of federated identities may live, in seconds.
    public var federatedSecondsMax: Int64
    /// The unique id of an identity provider that the settings declare, by its ARN.
    public var providerID: @Sendable (ByteString) -> ByteString?
    /// Whether a provider of that unique id is asked again whether its people are still there.
    public var isAskedAgain: @Sendable (ByteString) -> Bool

    public init(
      federatedSecondsMax: Int64 = 30 * 86_400,
      providerID: @escaping @Sendable (ByteString) -> ByteString? = { _ in nil },
      isAskedAgain: @escaping @Sendable (ByteString) -> Bool = { _ in false }
    ) {
      self.federatedSecondsMax = federatedSecondsMax
      self.providerID = providerID
      self.isAskedAgain = isAskedAgain
    }
  }

  /// - Parameter isReserved: see ``IdentityDirectory/isReserved(_:)``.
  public init(
    editor: any IdentityEditor, declared: @escaping @Sendable () -> Declared = { Declared() },
    isReserved: @escaping @Sendable (ByteString) -> Bool
  ) {
    self.editor = editor
    self.declared = declared
    self.isReserved = isReserved
  }

  /// Proof that policy allowed a request as the records were then.
  public struct Authorization: Sendable {
    let accesses: [IAMAccess]
    let entropy: IAMEntropy
  }

  /// Decides whether the caller may do all that a request needs.
  /// - Parameters:
  ///   - context: what the request says; the caller's keys, the time, the `iam:*` keys and tags are added.
  ///   - decisions: takes what is decided.
  /// - Throws: `accessDenied`, which tells nothing of what there is; `needsAnswer` when a policy server must be asked
  ///   first.
  public func authorize(
    _ request: IAMRequest, _ caller: IAMCaller, _ snapshot: AuthorizationSnapshot, context: some RequestFacts,
    atMilliseconds now: Int64, decisions: inout IAMDecisions
  ) throws(IAMError) -> Authorization {
    guard caller.caller.principal.account == editor.table.account else { throw .sessionMayNotCall }
    guard editor.isLoaded else { throw .store(.unreachable(reason: "not read yet")) }
    let entropy = try IAMEntropy()
    let scope = IAMScope(
      table: editor.table, caller: caller, now: now / 1000, isReserved: isReserved, sealer: editor.sealer,
      entropy: entropy, declared: declared())
    let accesses = try request.operation.accesses(scope)
    // An action that asks for nothing would be one that anybody may call.
    guard !accesses.isEmpty else { throw .internalFailure }
    let endsItself = request.endsSession(caller.accessKeyID)
    for access in accesses {
      let asked = Access(action: .iam(access.action), resource: access.resource)
      let conditions = IAMConditions(base: context, access: access)
      let time = PolicyDate(milliseconds: now)
      let decided =
        endsItself
        ? Authorizer.decideWithoutPermission(asked, caller.caller, snapshot, at: time, conditions)
        : Authorizer.decide(asked, caller.caller, snapshot, at: time, conditions)
      guard let decided else { continue }
      let decision = decisions.take(decided)
      if let question = decision.question { throw .needsAnswer(question) }
      guard decision.isAllowed else {
        throw .accessDenied(
          IAMDenial(
            callerARN: caller.arn, action: access.action, resource: access.shown,
            explanation: decision.explanation(access.action), reason: decision.description))
      }
    }
    if caller.caller.isLimitedByPolicy, !request.operation.endsWithCredentials(scope) { throw .limitedCredentials }
    return Authorization(accesses: accesses, entropy: entropy)
  }

  /// Performs an authorized request; completes when a change is durable and in force on this node.
  /// - Throws: ``IAMError``, of which `changedMeanwhile` means: authorize again.
  public func perform(
    _ request: IAMRequest, _ authorization: Authorization, _ caller: IAMCaller, atMilliseconds now: Int64
  ) async throws(IAMError) -> IAMResponse {
    let run = IAMRun(
      editor: editor, caller: caller, now: now / 1000,
      entropy: authorization.entropy, authorized: authorization.accesses, service: self)
    do {
      return IAMResponse(action: request.action, result: try await request.operation.run(run).result)
    } catch let error as IAMError {
      throw error
    } catch let error as IdentityStoreError {
      throw .store(error)
    } catch {
      throw .internalFailure
    }
  }

  /// How often a request is authorized again because records changed under it.
  public static let attemptsMax = 5
}

extension Decision {
  /// The end of AWS's sentence.
  fileprivate func explanation(_ action: IAMAction) -> String {
    let policy: PolicyDecision
    switch outcome {
    case .policy(let decision): policy = decision
    case .rego: return "because a policy of the gateway does not allow the \(action.name) action"
    case .nothingToAllow, .unusableBucketPolicy, .needsObjectTags, .needsAnswer, .publicAccessBlocked:
      return "because no policy allows the \(action.name) action"
    }
    switch policy.reason {
    case .denied(let statement), .deniedByError(let statement):
      return "with an explicit deny in \(Self.article(statement.layer))"
    case .notAllowed(let layer): return "because no \(Self.name(layer)) allows the \(action.name) action"
    case .allowed, .allowedAsRoot, .needsNoPermission: return "because no policy allows the \(action.name) action"
    }
  }

  private static func name(_ layer: PolicyLayer) -> String {
    switch layer {
    case .identity: "identity-based policy"
    case .resource: "resource-based policy"
    case .boundary: "permissions boundary"
    case .session: "session policy"
    case .serviceAccount: "policy of the service account"
    case .scp: "service control policy"
    case .rcp: "resource control policy"
    }
  }

  private static func article(_ layer: PolicyLayer) -> String {
    layer == .identity ? "an identity-based policy" : "a \(name(layer))"
  }
}
