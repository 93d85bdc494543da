import Authorization
import Cryptography
import GatewayTesting
import IAMPolicy
import S3Model
import S3Wire
import STS
import Testing

/// The `aws:*` keys of a request, as a table.
struct FixedContext: RequestFacts {
  var values: [ConditionKey: ConditionValue] = [:]

  func value(for key: ConditionKey) -> ConditionValue { values[key] ?? .absent }
}

/// An account with two roles and a user, and callers of every kind.
enum World {
  static let account = AccountID.zero
  static let roleARN: ByteString = "arn:aws:iam::000000000000:role/team/reader"
  static let aliceARN: ByteString = "arn:aws:iam::000000000000:user/alice"
  static let aliceKey: ByteString = "AKIAALICEALICEALICE1"
  static let anything = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

  static func allow(_ action: String, to principal: String, condition: String = "{}") -> String {
    """
    {"Effect":"Allow","Principal":\(principal),"Action":\(action),"Condition":\(condition)}
    """
  }

  static let alice = #"{"AWS":"arn:aws:iam::000000000000:user/alice"}"#
  static let wholeAccount = #"{"AWS":"000000000000"}"#

  static func document(_ statements: [String]) -> [UInt8] {
    Array((#"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}").utf8)
  }

  /// - Parameters:
  ///   - trust: statements of the trust policy of role `reader`; trusts alice when empty.
  ///   - identity: statements of alice's policy.
  ///   - boundary: the one statement of alice's boundary.
  ///   - first: statements of the policy of role `first`, which may do anything unless told otherwise.
  static func snapshot(
    trust: [String] = [], identity: [String] = [], boundary: String? = nil, first: [String] = [anything],
    sessionSecondsMax: Int = 7200, roleTags: [PrincipalTag] = [], without: Set<String> = []
  ) throws -> AuthorizationSnapshot {
    typealias Document = AuthorizationSnapshotBuilder.Document
    var builder = try AuthorizationSnapshotBuilder(account: account)
    if let boundary { try builder.add(policy: Document(name: "boundary", document: document([boundary]))) }
    if !without.contains("onlyGet") {
      try builder.add(
        policy: Document(
          name: "onlyGet", document: document([#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#])))
    }
    if !without.contains("alice") {
      try builder.add(
        user: "alice", uniqueID: "AIDAALICE",
        inline: identity.isEmpty ? [] : [Document(name: "inline", document: document(identity))],
        boundary: boundary == nil ? nil : "boundary", tags: [PrincipalTag(key: "home", value: "here")])
    }
    try builder.add(
      role: "reader", uniqueID: "AROAREADER", path: "/team/",
      trustPolicy: document(trust.isEmpty ? [allow("\"sts:AssumeRole\"", to: alice)] : trust),
      policies: ["ReadOnlyAccess"], sessionSecondsMax: sessionSecondsMax, tags: roleTags)
    if !without.contains("first") {
      try builder.add(
        role: "first", uniqueID: "AROAFIRST", trustPolicy: document([allow("\"sts:AssumeRole\"", to: alice)]),
        inline: first.isEmpty ? [] : [Document(name: "inline", document: document(first))])
    }
    return builder.snapshot
  }

  static func service(_ snapshot: AuthorizationSnapshot, tokenBytesMax: Int = 4096) throws -> STSService {
    STSService(
      authorization: snapshot, sealingKeyID: "ring-1", sealingKey: try Fixture.key(7), tokenBytesMax: tokenBytesMax,
      hasAccessKey: { $0 == aliceKey })
  }

  static func service(
    trust: String..., sessionSecondsMax: Int = 7200, roleTags: [PrincipalTag] = [], tokenBytesMax: Int = 4096
  ) throws -> STSService {
    try service(
      snapshot(trust: trust, sessionSecondsMax: sessionSecondsMax, roleTags: roleTags), tokenBytesMax: tokenBytesMax)
  }

  /// A session of role `first`, as its next request brings it back.
  static func roleSession(_ change: (inout SessionToken) -> Void = { _ in }) -> SessionToken {
    var token = SessionToken(
      kind: .assumedRole, accessKeyID: "ASIAPARENTPARENTPARE", principalID: "AIDAALICE", roleID: "AROAFIRST",
      issuingKeyID: aliceKey, sessionName: "first", issuedMilliseconds: Fixture.now - 60_000,
      expirySeconds: Fixture.now / 1000 + 3000)
    change(&token)
    return token
  }

  static func userSession(_ change: (inout SessionToken) -> Void = { _ in }) -> SessionToken {
    var token = SessionToken(
      kind: .userSession, accessKeyID: "ASIAUSERUSERUSERUSER", principalID: "AIDAALICE", issuingKeyID: aliceKey,
      issuedMilliseconds: Fixture.now - 60_000, expirySeconds: Fixture.now / 1000 + 3000)
    change(&token)
    return token
  }

  static func federatedUser(_ change: (inout SessionToken) -> Void = { _ in }) -> SessionToken {
    userSession {
      $0.kind = .federatedUser
      $0.sessionName = "bob"
      $0.policyARNs = ["arn:aws:iam::aws:policy/AdministratorAccess"]
      change(&$0)
    }
  }
}

/// Who calls, resolved in the service's snapshot as the gateway does.
enum Who {
  case root, anonymous
  /// Alice with the statements of her policy and of her boundary.
  case alice(String? = nil, boundary: String? = nil)
  case session(SessionToken)

  func caller(in snapshot: AuthorizationSnapshot) throws -> STSCaller {
    switch self {
    case .alice(let identity, let boundary):
      STSCaller(
        try #require(
          World.snapshot(identity: identity.map { [$0] } ?? [], boundary: boundary).user(id: "AIDAALICE")),
        accessKeyID: World.aliceKey)
    case .root: STSCaller(snapshot.root, accessKeyID: "AKIAROOTROOTROOTROOT")
    case .anonymous: STSCaller(.anonymous, accessKeyID: "")
    case .session(let token):
      STSCaller(
        try snapshot.caller(for: token.sessionDescription), accessKeyID: token.accessKeyID, session: token)
    }
  }
}

extension STSService {
  /// Performs an action from its parameters; a session that it makes is opened again.
  func run(
    _ pairs: [(String, String)], as who: Who = .alice(), context: FixedContext = FixedContext()
  ) throws -> STSResponse {
    try outcome(pairs, as: who, context: context).response
  }

  func outcome(
    _ pairs: [(String, String)], as who: Who = .alice(), context: FixedContext = FixedContext()
  ) throws -> (response: STSResponse, decision: Decision?) {
    var decisions = STSDecisions()
    let response = try perform(
      STSRequest(parameters(pairs)), caller: who.caller(in: authorization), context: context,
      atMilliseconds: Fixture.now, seed: Fixture.seed(), decisions: &decisions)
    return (response, decisions.decision)
  }

  func assume(
    _ more: [(String, String)] = [], as who: Who = .alice(), context: FixedContext = FixedContext()
  ) throws -> (STSResponse.AssumedRole, SessionToken) {
    let base = [
      ("Action", "AssumeRole"), ("RoleArn", World.roleARN.text), ("RoleSessionName", "nightly"),
    ]
    let names = Set(more.map(\.0))
    let response = try run(base.filter { !names.contains($0.0) } + more, as: who, context: context)
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
    return error as? STSError ?? (error as? QueryParameterError).map { STSError($0) }
  }
}

extension STSError {
  /// The denied action, for denials.
  var denied: STSAction? {
    if case .accessDenied(let denial) = self { denial.action } else { nil }
  }
}
