import Authorization
import IAMPolicy
import S3Model
import STS
import Testing

@Suite struct SessionCallersTests {
  private static func decide(
    _ token: SessionToken, _ action: S3Action, in snapshot: AuthorizationSnapshot
  ) throws -> Bool {
    let access = Access(action, bucket: "photos", key: "a.jpg")
    let caller = try snapshot.caller(for: token.sessionDescription)
    return Authorizer.decide(
      access, caller, snapshot, at: PolicyDate(milliseconds: Fixture.now), FixedContext()
    ).isAllowed
  }

  static let onlyGet: ByteString =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
  static let onlyPut: ByteString =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}"#

  /// Session, alice's policy, then whether it may get and put an object.
  static let cases: [(name: String, token: SessionToken, identity: String, get: Bool, put: Bool)] = [
    ("role without session policy", World.roleSession(), World.anything, true, true),
    ("role, session policy narrows", World.roleSession { $0.policy = onlyGet }, World.anything, true, false),
    (
      "role, managed session policy narrows",
      World.roleSession { $0.policyARNs = ["arn:aws:iam::000000000000:policy/onlyGet"] }, World.anything, true, false
    ),
    (
      "role, inline and managed add up",
      World.roleSession {
        $0.policy = onlyPut
        $0.policyARNs = ["arn:aws:iam::000000000000:policy/onlyGet"]
      }, World.anything, true, true
    ),
    ("federated, no policy", World.federatedUser { $0.policyARNs = [] }, World.anything, false, false),
    ("federated, everything passed", World.federatedUser(), World.anything, true, true),
    (
      "federated, session policy narrows",
      World.federatedUser {
        $0.policyARNs = []
        $0.policy = onlyGet
      }, World.anything, true, false
    ),
    (
      "federated, never more than the user",
      World.federatedUser(), #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#, false, true
    ),
    (
      "federated, both allow different things",
      World.federatedUser {
        $0.policyARNs = []
        $0.policy = onlyGet
      }, #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#, false, false
    ),
    (
      "federated by root is bound by its policies",
      World.federatedUser {
        $0.principalID = World.account.bytes
        $0.policyARNs = []
        $0.policy = onlyGet
      }, "", true, false
    ),
    (
      "user session is the user", World.userSession(), #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#,
      true, false
    ),
  ]

  @Test(arguments: cases)
  func permissions(name: String, token: SessionToken, identity: String, get: Bool, put: Bool) throws {
    let snapshot = try World.snapshot(identity: identity.isEmpty ? [] : [identity])
    #expect(try Self.decide(token, .getObject, in: snapshot) == get, "\(name)")
    #expect(try Self.decide(token, .putObject, in: snapshot) == put, "\(name)")
  }

  /// A federated user of root is denied by what root's session says, and root sessions are root.
  @Test func rootSessions() throws {
    let snapshot = try World.snapshot()
    let token = World.userSession { $0.principalID = World.account.bytes }
    #expect(try Self.decide(token, .putObject, in: snapshot))
    #expect(try snapshot.caller(for: token.sessionDescription).isRoot)
  }

  @Test func tagsIssueTimeAndSecondFactorReachPolicies() throws {
    let snapshot = try World.snapshot(roleTags: [PrincipalTag(key: "team", value: "role")])
    let token = World.roleSession {
      $0.roleID = "AROAREADER"
      $0.tags = [SessionTag(key: "team", value: "session")]
      $0.mfaSeconds = Fixture.now / 1000 - 5
      $0.sourceIdentity = "alice@corp"
      $0.claims = [SessionClaim(name: "idp.example.com:sub", values: ["42"])]
    }
    let caller = try snapshot.caller(for: token.sessionDescription)
    #expect(caller.userID == "AROAREADER:first")
    #expect(caller.tags.first == PrincipalTag(key: "team", value: "session"))
    #expect(caller.session?.issued == PolicyDate(milliseconds: token.issuedMilliseconds))
    #expect(caller.session?.secondFactor == PolicyDate(seconds: Fixture.now / 1000 - 5))
    #expect(caller.session?.sourceIdentity == "alice@corp")
    #expect(caller.session?.claims.map(\.name) == ["idp.example.com:sub"])
    let plain = try snapshot.caller(for: World.userSession().sessionDescription)
    #expect(plain.userName == "alice")
    #expect(plain.session?.secondFactor == nil)
  }

  /// What may be gone from a snapshot, and the refusal.
  static let losses: [(without: Set<String>, activeKey: Bool, token: SessionToken, refusal: SessionRefusal?)] = [
    ([], true, World.roleSession(), nil),
    (["first"], true, World.roleSession(), .gone(.unknownRole)),
    (["alice"], true, World.roleSession(), .gone(.unknownPrincipal)),
    (["alice"], true, World.userSession(), .gone(.unknownPrincipal)),
    (["alice"], true, World.federatedUser(), .gone(.unknownPrincipal)),
    ([], false, World.roleSession(), .issuingKeyGone),
    ([], false, World.userSession(), .issuingKeyGone),
    ([], false, World.federatedUser(), .issuingKeyGone),
    (
      ["onlyGet"], true, World.roleSession { $0.policyARNs = ["arn:aws:iam::000000000000:policy/onlyGet"] },
      .gone(.unknownPolicy(arn: "arn:aws:iam::000000000000:policy/onlyGet"))
    ),
    (
      ["first"], true,
      World.roleSession {
        $0.roleID = "AROAREADER"
        $0.lineage = [SessionAncestor(accessKeyID: "ASIA", roleID: "AROAFIRST", issuedMilliseconds: 0)]
      }, .ancestorGone
    ),
    (
      [], true,
      World.roleSession {
        $0.roleID = "AROAREADER"
        $0.lineage = [SessionAncestor(accessKeyID: "ASIA", roleID: "AROAFIRST", issuedMilliseconds: 0)]
      }, nil
    ),
  ]

  @Test(arguments: losses)
  func aSessionEndsWithWhatItStandsOn(
    without: Set<String>, activeKey: Bool, token: SessionToken, refusal: SessionRefusal?
  ) throws {
    let full = try World.snapshot()
    let snapshot = try World.snapshot(without: without)
    let callers = SessionCallers()
    let session = try Self.opened(token)
    let resolve = { (snapshot: AuthorizationSnapshot, revision: UInt64, activeKey: Bool) in
      try callers.caller(for: session, in: snapshot, revision: revision, RevocationRules(), atMilliseconds: 0) {
        activeKey && $0 == World.aliceKey
      }
    }
    // Cached under the full snapshot first, so that the loss is seen through the cache.
    _ = try resolve(full, 1, true)
    do {
      _ = try resolve(snapshot, 2, activeKey)
      #expect(refusal == nil)
    } catch {
      #expect(error as? SessionRefusal == refusal)
    }
  }

  @Test func revocationIsLookedUpOnEveryRequest() throws {
    let snapshot = try World.snapshot()
    let callers = SessionCallers()
    let session = try Self.opened(World.roleSession())
    let first = try callers.caller(for: session, in: snapshot, revision: 1, RevocationRules(), atMilliseconds: 0) { _ in
      true
    }
    #expect(
      try callers.caller(for: session, in: snapshot, revision: 1, RevocationRules(), atMilliseconds: 0) { _ in true }
        === first)
    var rules = RevocationRules()
    rules.revoke(.role("AROAFIRST"), issuedBeforeMilliseconds: Fixture.now)
    #expect(throws: SessionRefusal.revoked) {
      try callers.caller(for: session, in: snapshot, revision: 1, rules, atMilliseconds: 0) { _ in true }
    }
    #expect(
      try callers.caller(for: session, in: snapshot, revision: 2, RevocationRules(), atMilliseconds: 0) { _ in true }
        !== first)
    #expect(callers.count == 1)
  }

  @Test func holdsNoMoreThanItsBound() throws {
    let snapshot = try World.snapshot()
    let callers = SessionCallers(countMax: 3)
    for _ in 0..<10 {
      _ = try callers.caller(
        for: Self.opened(World.roleSession()), in: snapshot, revision: 1, RevocationRules(), atMilliseconds: 0,
        isActiveKey: { _ in true })
      #expect(callers.count <= 3)
    }
  }

  private static func opened(_ token: SessionToken) throws -> OpenedSession {
    var token = token
    token.accessKeyID = Fixture.seed().accessKeyID
    let sealed = try Fixture.seal(token)
    let key = try Fixture.key(7)
    return try OpenedSession(authenticating: sealed.token.bytes, accessKeyID: token.accessKeyID) { _ in key }
  }
}
