import Cryptography
import IAMPolicy
import S3Model
import STS
import Testing

/// The `aws:*` keys of a request, as a table.
struct FixedContext: ConditionContext {
  var values: [ConditionKey: ConditionValue] = [:]

  func value(for key: ConditionKey) -> ConditionValue { values[key] ?? .absent }
}

/// An account with one role, and callers of every kind.
enum World {
  static let account = AccountID.zero
  static let roleARN: ByteString = "arn:aws:iam::000000000000:role/team/reader"
  static let aliceARN: ByteString = "arn:aws:iam::000000000000:user/alice"

  static func allow(_ action: String, to principal: String, condition: String = "{}") -> String {
    """
    {"Effect":"Allow","Principal":\(principal),"Action":\(action),"Condition":\(condition)}
    """
  }

  static let alice = #"{"AWS":"arn:aws:iam::000000000000:user/alice"}"#
  static let wholeAccount = #"{"AWS":"000000000000"}"#

  static func document(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
  }

  static func policy(_ text: String, _ kind: PolicyKind = .identity) throws -> CompiledPolicy {
    try CompiledPolicy(parsing: text, name: "test", kind: kind)
  }

  /// - Parameter trust: statements of the role's trust policy.
  static func service(
    trust: String..., sessionSecondsMax: Int = 7200, roleTags: [(key: ByteString, value: ByteString)] = [],
    tokenBytesMax: Int = 4096
  ) throws -> STSService {
    let statements = trust.isEmpty ? [allow("\"sts:AssumeRole\"", to: alice)] : trust
    let role = AssumableRole(
      uniqueID: "AROAREADER", arn: roleARN, name: "reader", account: account,
      trustPolicy: try policy(
        #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}", .trust),
      sessionSecondsMax: sessionSecondsMax, tags: roleTags)
    return STSService(
      account: account, sealingKeyID: "ring-1", sealingKey: try Fixture.key(7), tokenBytesMax: tokenBytesMax,
      role: { $0 == roleARN ? role : nil },
      hasManagedPolicy: { $0 == "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      hasAccessKey: { $0 == "AKIAALICEALICEALICE1" })
  }

  /// - Parameter identity: statements of alice's policy.
  static func alice(_ identity: String..., boundary: String? = nil) throws -> STSCaller {
    STSCaller(
      principal: Principal(.user(arn: aliceARN, account)), principalID: "AIDAALICE",
      accessKeyID: "AKIAALICEALICEALICE1",
      layers: PolicyLayers(
        identity: try identity.map { try policy(document($0)) },
        boundary: try boundary.map { [try policy(document($0), .boundary)] }))
  }

  static func root() -> STSCaller {
    STSCaller(
      principal: Principal(.root(account)), principalID: account.bytes, accessKeyID: "AKIAROOTROOTROOTROOT",
      layers: PolicyLayers())
  }

  /// A session of another role, as its next request brings it back.
  static func roleSession(
    _ change: (inout SessionToken) -> Void = { _ in },
    identity: String = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
  ) throws -> STSCaller {
    var token = SessionToken(
      kind: .assumedRole, accessKeyID: "ASIAPARENTPARENTPARE", principalID: "AIDAALICE", roleID: "AROAFIRST",
      issuingKeyID: "AKIAALICEALICEALICE1", sessionName: "first", issuedMilliseconds: Fixture.now - 60_000,
      expirySeconds: Fixture.now / 1000 + 3000)
    change(&token)
    return STSCaller(
      principal: Principal(
        .roleSession(
          session: "arn:aws:sts::000000000000:assumed-role/first/first",
          role: "arn:aws:iam::000000000000:role/first", account)),
      principalID: "AIDAALICE", accessKeyID: token.accessKeyID, session: token,
      layers: PolicyLayers(identity: [try policy(document(identity))]))
  }

  static func userSession(mfaSeconds: Int64? = nil) throws -> STSCaller {
    var caller = try alice(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
    caller.session = SessionToken(
      kind: .userSession, accessKeyID: "ASIAUSERUSERUSERUSER", principalID: "AIDAALICE",
      issuingKeyID: caller.accessKeyID, mfaSeconds: mfaSeconds, issuedMilliseconds: Fixture.now - 60_000,
      expirySeconds: Fixture.now / 1000 + 3000)
    caller.accessKeyID = "ASIAUSERUSERUSERUSER"
    return caller
  }

  static func federatedUser() throws -> STSCaller {
    var caller = try userSession()
    caller.principal = Principal(
      .federatedUser(session: "arn:aws:sts::000000000000:federated-user/bob", user: aliceARN, account))
    caller.session?.kind = .federatedUser
    caller.session?.sessionName = "bob"
    return caller
  }
}

extension STSService {
  /// Performs an action from its parameters; a session that it makes is opened again.
  func run(
    _ pairs: [(String, String)], as caller: STSCaller, context: FixedContext = FixedContext()
  ) throws -> STSResponse {
    try perform(
      STSRequest(parameters(pairs)), caller: caller, context: context, atMilliseconds: Fixture.now,
      seed: Fixture.seed())
  }

  func assume(
    _ more: [(String, String)] = [], as caller: STSCaller, context: FixedContext = FixedContext()
  ) throws -> (STSResponse.AssumedRole, SessionToken) {
    let base = [
      ("Action", "AssumeRole"), ("RoleArn", World.roleARN.text), ("RoleSessionName", "nightly"),
    ]
    let names = Set(more.map(\.0))
    let response = try run(base.filter { !names.contains($0.0) } + more, as: caller, context: context)
    guard case .assumeRole(let role) = response else { throw STSError.internalFailure }
    return (role, try open(role.credentials))
  }

  func open(_ credentials: STSCredentials) throws -> SessionToken {
    let session = try SessionToken.open(
      credentials.session.token.bytes, accessKeyID: credentials.session.accessKeyID, atMilliseconds: Fixture.now
    ) { $0 == sealingKeyID ? sealingKey : nil }
    try expectSameSignature(session, credentials.session)
    #expect(session.token.expirySeconds == credentials.expirySeconds)
    return session.token
  }
}

/// What a body throws, when it is an STS error.
func refusal(_ body: () throws -> some Any) -> STSError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? STSError
  }
}

extension STSError {
  /// The denied action, for denials.
  var denied: STSAction? {
    if case .accessDenied(let denial) = self { denial.action } else { nil }
  }
}
