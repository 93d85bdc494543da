import Authorization
import GatewayTesting
import HTTPWire
import IAMPolicy
import S3Model
import Testing

@Suite struct AuthorizerTests {
  private func decide(
    _ action: S3Action, _ bucket: String, _ key: ByteString?, _ caller: Caller, _ snapshot: AuthorizationSnapshot,
    _ context: TestContext = TestContext()
  ) -> Decision {
    let access = key.map { Access(action, bucket: bucket, key: $0) } ?? Access(action, bucket: bucket)
    return Authorizer.decide(access, caller, snapshot, at: Fixture.now, context)
  }

  private func user(_ id: ByteString, _ snapshot: AuthorizationSnapshot) throws -> Caller {
    try #require(snapshot.user(id: id))
  }

  @Test func groupPoliciesAllowAndNothingElseDoes() throws {
    let snapshot = try Fixture.snapshot()
    let alice = try user("AIDAALICE", snapshot)
    let allowed = decide(.getObject, "data", "a", alice, snapshot)
    #expect(allowed.isAllowed)
    #expect(allowed.description == "allowed by readers.S1 (identity)")
    let denied = decide(.putObject, "data", "a", alice, snapshot)
    #expect(!denied.isAllowed && !denied.isExplicitDeny)
    #expect(!decide(.getObject, "other", "a", alice, snapshot).isAllowed)
    #expect(!decide(.getObject, "data", "a", .anonymous, snapshot).isAllowed)
  }

  @Test func aBoundaryLimits() throws {
    let snapshot = try Fixture.snapshot()
    let bob = try user("AIDABOB", snapshot)
    #expect(decide(.getObject, "data", "a", bob, snapshot).isAllowed)
    let denied = decide(.putObject, "data", "a", bob, snapshot)
    #expect(!denied.isAllowed)
    #expect(denied.description == "not allowed by any statement (boundary)")
  }

  @Test func rootIsAllowedUnlessABucketPolicyDenies() throws {
    var snapshot = try Fixture.snapshot()
    #expect(decide(.putObject, "data", "a", snapshot.root, snapshot).isAllowed)
    snapshot.bucketPolicies["data"] = try Fixture.bucketPolicy(
      #"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"]}]}"#,
      bucket: "data")
    #expect(decide(.putObject, "data", "a", snapshot.root, snapshot).isExplicitDeny)
    #expect(decide(.putBucketPolicy, "data", nil, snapshot.root, snapshot).isAllowed)
    #expect(decide(.deleteBucketPolicy, "data", nil, snapshot.root, snapshot).isAllowed)
    #expect(decide(.getBucketPolicy, "data", nil, snapshot.root, snapshot).isAllowed)
    // An administrator has locked himself out; only root may mend it.
    #expect(decide(.putBucketPolicy, "data", nil, try user("AIDACAROL", snapshot), snapshot).isExplicitDeny)
    #expect(decide(.putObject, "elsewhere", "a", snapshot.root, snapshot).isAllowed)
    // And root itself: none of its service accounts.
    let account = snapshot.root.acting(
      through: Caller.ServiceAccount(accessKeyID: "AKIASERVICEACCOUNT01", policies: nil))
    #expect(decide(.putBucketPolicy, "data", nil, account, snapshot).isExplicitDeny)
    #expect(decide(.putBucketPolicy, "other", nil, account, snapshot).isAllowed)
  }

  @Test func anUnreadableBucketPolicyDeniesAllButMending() throws {
    var snapshot = try Fixture.snapshot()
    snapshot.bucketPolicies["data"] = .unusable
    #expect(!decide(.getObject, "data", "a", try user("AIDAALICE", snapshot), snapshot).isAllowed)
    #expect(!decide(.getObject, "data", "a", snapshot.root, snapshot).isAllowed)
    #expect(decide(.deleteBucketPolicy, "data", nil, snapshot.root, snapshot).isAllowed)
    #expect(decide(.getObject, "other", "a", snapshot.root, snapshot).isAllowed)
  }

  @Test func aClosedBucketServesItsOwnAccountOnly() throws {
    var snapshot = try Fixture.snapshot()
    snapshot.bucketPolicies["data"] = try Fixture.bucketPolicy(
      #"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::data/*"}]}"#,
      bucket: "data")
    let alice = try user("AIDAALICE", snapshot)
    let stranger = Caller(
      principal: Principal(.root(try #require(AccountID("999988887777")))), userID: "999988887777",
      policies: IdentityPolicies(attached: [
        try #require(snapshot.managedPolicy(arn: "arn:aws:iam::aws:policy/AdministratorAccess"))
      ]))
    for caller in [alice, stranger, .anonymous] {
      #expect(decide(.putObject, "data", "a", caller, snapshot).isAllowed)
    }
    snapshot.closedBuckets = ["data"]
    #expect(decide(.putObject, "data", "a", alice, snapshot).isAllowed)
    #expect(decide(.putObject, "data", "a", snapshot.root, snapshot).isAllowed)
    for caller in [stranger, .anonymous] {
      let decision = decide(.putObject, "data", "a", caller, snapshot)
      #expect(decision.isExplicitDeny && decision.description == "denied by the bucket's public access block")
    }
  }

  @Test func bucketPoliciesGrantToTheAnonymous() throws {
    var snapshot = try Fixture.snapshot()
    snapshot.bucketPolicies["public"] = try Fixture.bucketPolicy(
      #"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/*"}]}"#,
      bucket: "public")
    #expect(decide(.getObject, "public", "a", .anonymous, snapshot).isAllowed)
    #expect(!decide(.putObject, "public", "a", .anonymous, snapshot).isAllowed)
  }

  @Test func roleSessionsHaveTheRolesPoliciesAndTags() throws {
    let snapshot = try Fixture.snapshot()
    let plain = try snapshot.caller(for: Fixture.session(.assumedRole(roleID: "AROAAPP")))
    #expect(plain.principal.callerARN?.text == "arn:aws:sts::111122223333:assumed-role/app/s1")
    #expect(plain.principal.arn?.text == "arn:aws:iam::111122223333:role/team/app")
    #expect(plain.userID == "AROAAPP:s1")
    #expect(decide(.putObject, "data", "a", plain, snapshot).isAllowed)
    // `aws:username` is for users only: a role's session must not pass for the user who made it.
    #expect(plain.userName == nil)
    let tagged = try snapshot.caller(
      for: Fixture.session(.assumedRole(roleID: "AROAAPP"), tags: [PrincipalTag(key: "Team", value: "green")]))
    guard let key = ConditionKey(parsing: "aws:PrincipalTag/team".utf8) else { return }
    guard case .text(let team) = tagged.conditionValue(for: key, at: Fixture.now) else {
      Issue.record("no tag")
      return
    }
    #expect(team == "green")
  }

  @Test func sessionPoliciesNarrow() throws {
    let snapshot = try Fixture.snapshot()
    let role = SessionDescription.Kind.assumedRole(roleID: "AROAAPP")
    let inline = try snapshot.caller(
      for: Fixture.session(role, policy: Fixture.allow("s3:GetObject", "arn:aws:s3:::data/*")))
    #expect(decide(.getObject, "data", "a", inline, snapshot).isAllowed)
    #expect(!decide(.putObject, "data", "a", inline, snapshot).isAllowed)
    #expect(!decide(.getObject, "other", "a", inline, snapshot).isAllowed)
    let empty = try snapshot.caller(for: Fixture.session(role, policy: #"{"Version":"2012-10-17","Statement":[]}"#))
    #expect(!decide(.getObject, "data", "a", empty, snapshot).isAllowed)
    let managed = try snapshot.caller(
      for: Fixture.session(role, policyARNs: ["arn:aws:iam::aws:policy/writeonly"]))
    #expect(decide(.putObject, "data", "a", managed, snapshot).isAllowed)
    #expect(!decide(.getObject, "data", "a", managed, snapshot).isAllowed)
  }

  @Test func federatedUsersNeedBothSides() throws {
    let snapshot = try Fixture.snapshot()
    let bare = try snapshot.caller(for: Fixture.session(.federatedUser, principal: "AIDACAROL"))
    #expect(!decide(.getObject, "data", "a", bare, snapshot).isAllowed)
    let read = Fixture.allow("s3:*", "arn:aws:s3:::data/*")
    let full = try snapshot.caller(for: Fixture.session(.federatedUser, principal: "AIDACAROL", policy: read))
    #expect(decide(.putObject, "data", "a", full, snapshot).isAllowed)
    let alice = try snapshot.caller(for: Fixture.session(.federatedUser, policy: read))
    #expect(decide(.getObject, "data", "a", alice, snapshot).isAllowed)
    #expect(!decide(.putObject, "data", "a", alice, snapshot).isAllowed)
    let root = try snapshot.caller(
      for: Fixture.session(.federatedUser, principal: Fixture.account.bytes, policy: read))
    #expect(decide(.putObject, "data", "a", root, snapshot).isAllowed)
    #expect(!decide(.putObject, "other", "a", root, snapshot).isAllowed)
  }

  @Test func sessionsEndWithWhatTheyStandOn() throws {
    let snapshot = try Fixture.snapshot()
    #expect(throws: SessionFault.unknownRole) {
      try snapshot.caller(for: Fixture.session(.assumedRole(roleID: "AROAGONE")))
    }
    #expect(throws: SessionFault.unknownPrincipal) {
      try snapshot.caller(for: Fixture.session(.assumedRole(roleID: "AROAAPP"), principal: "AIDAGONE"))
    }
    #expect(throws: SessionFault.unknownPrincipal) {
      try snapshot.caller(for: Fixture.session(.userSession, principal: "AIDAGONE"))
    }
    #expect(throws: SessionFault.unknownPolicy(arn: "arn:aws:iam::999999999999:policy/readwrite")) {
      try snapshot.caller(
        for: Fixture.session(.federatedUser, policyARNs: ["arn:aws:iam::999999999999:policy/readwrite"]))
    }
    #expect(throws: SessionFault.self) {
      try snapshot.caller(for: Fixture.session(.federatedUser, policy: "{"))
    }
  }

  @Test func theCallerAnswersForItselfWhateverTheRequestSays() throws {
    var builder = try Fixture.builder()
    try builder.add(
      policy: Fixture.document(
        "mine",
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::homes/${aws:username}/*"}]}"#
      ))
    try builder.add(user: "dave", uniqueID: "AIDADAVE", policies: ["mine"])
    let snapshot = builder.snapshot
    let dave = try user("AIDADAVE", snapshot)
    let forged = TestContext(["aws:username": .text("root")])
    #expect(decide(.getObject, "homes", "dave/a", dave, snapshot, forged).isAllowed)
    #expect(!decide(.getObject, "homes", "root/a", dave, snapshot, forged).isAllowed)
  }

  @Test func secondFactorsAreKnownOfSessionsOnly() throws {
    var builder = try Fixture.builder()
    try builder.add(
      policy: Fixture.document(
        "mfa",
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}]}"#
      ))
    try builder.add(user: "erin", uniqueID: "AIDAERIN", policies: ["mfa"])
    let snapshot = builder.snapshot
    func session(_ secondsAgo: Int64?) throws -> Caller {
      let factor = secondsAgo.map { PolicyDate(milliseconds: Fixture.now.milliseconds - $0 * 1000) }
      return try snapshot.caller(
        for: Fixture.session(
          .userSession, principal: "AIDAERIN", facts: CallerSession(issued: Fixture.now, secondFactor: factor)))
    }
    #expect(decide(.getObject, "b", "k", try session(60), snapshot).isAllowed)
    #expect(!decide(.getObject, "b", "k", try session(3600), snapshot).isAllowed)
    #expect(!decide(.getObject, "b", "k", try session(nil), snapshot).isAllowed)
    #expect(!decide(.getObject, "b", "k", try user("AIDAERIN", snapshot), snapshot).isAllowed)
  }

  @Test func allAccessesMustBeAllowedAndNoneIsNotAllowed() throws {
    let snapshot = try Fixture.snapshot()
    let alice = try user("AIDAALICE", snapshot)
    let read = Access(.getObject, bucket: "data", key: "a")
    let write = Access(.putObject, bucket: "data", key: "b")
    func decide(_ accesses: [Access]) -> Decision {
      Authorizer.decide(accesses, alice, snapshot, at: Fixture.now) { _ in TestContext() }
    }
    #expect(decide([read]).isAllowed)
    #expect(!decide([read, write]).isAllowed)
    #expect(decide([read, write]).access == write)
    #expect(!decide([]).isAllowed)
  }

  @Test func tagsAreFetchedOnlyWhereAStatementReadsThem() throws {
    var builder = try Fixture.builder()
    try builder.add(
      policy: Fixture.document(
        "tagged",
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::tagged/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/public":"yes"}}}]}"#
      ))
    try builder.add(user: "frank", uniqueID: "AIDAFRANK", policies: ["tagged", "readers"])
    let snapshot = builder.snapshot
    let frank = try user("AIDAFRANK", snapshot)
    func reads(_ action: S3Action, _ bucket: String) -> Bool {
      Authorizer.readsObjectTags(
        [Access(action, bucket: bucket, key: "k")], frank, snapshot, at: Fixture.now, TestContext())
    }
    #expect(reads(.getObject, "tagged"))
    #expect(!reads(.putObject, "tagged"))
    #expect(!reads(.getObject, "data"))
    let tag = "s3:ExistingObjectTag/public"
    #expect(decide(.getObject, "tagged", "k", frank, snapshot, TestContext([tag: .text("yes")])).isAllowed)
    #expect(!decide(.getObject, "tagged", "k", frank, snapshot, TestContext([tag: .text("no")])).isAllowed)
    // A failed fetch.
    #expect(!decide(.getObject, "tagged", "k", frank, snapshot, TestContext([tag: .unavailable])).isAllowed)
  }

  /// The caller's own policies read no tags, the bucket's do.
  @Test func tagsAreFetchedForPoliciesOfBuckets() throws {
    var snapshot = try Fixture.snapshot()
    let alice = try user("AIDAALICE", snapshot)
    func reads(_ snapshot: AuthorizationSnapshot) -> Bool {
      Authorizer.readsObjectTags(
        [Access(.getObject, bucket: "data", key: "k")], alice, snapshot, at: Fixture.now, TestContext())
    }
    #expect(!reads(snapshot))
    let before = snapshot
    let document =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}]}"#
    snapshot.bucketPolicies["data"] = .policy(
      try CompiledPolicy(parsing: Array(document.utf8), name: "data", kind: .resource(bucket: "data"), limits: nil))
    #expect(reads(snapshot))
    // A snapshot in use stays as it was when a changed one is made of it.
    #expect(before.bucketPolicies.isEmpty)
    #expect(!reads(before))
  }

  @Test func aDenyThatCannotBeEvaluatedDenies() throws {
    var builder = try Fixture.builder()
    try builder.add(
      policy: Fixture.document(
        "secret",
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}]}"#
      ))
    try builder.add(user: "grace", uniqueID: "AIDAGRACE", policies: ["secret", "readers"])
    let snapshot = builder.snapshot
    let grace = try user("AIDAGRACE", snapshot)
    let tag = "s3:ExistingObjectTag/secret"
    #expect(decide(.getObject, "data", "k", grace, snapshot, TestContext([tag: .text("no")])).isAllowed)
    #expect(decide(.getObject, "data", "k", grace, snapshot).isAllowed)
    let failed = decide(.getObject, "data", "k", grace, snapshot, TestContext([tag: .unavailable]))
    #expect(failed.isExplicitDeny)
  }

  @Test func declarationsAreCheckedTogether() throws {
    var builder = try Fixture.builder()
    #expect(throws: AuthorizationError.unknownPolicy(owner: "user/x", name: "nope")) {
      try builder.add(user: "x", uniqueID: "X", policies: ["nope"])
    }
    #expect(throws: AuthorizationError.unknownGroup(owner: "user/x", name: "nope")) {
      try builder.add(user: "x", uniqueID: "X", groups: ["nope"])
    }
    #expect(throws: AuthorizationError.unknownPolicy(owner: "user/x", name: "nope")) {
      try builder.add(user: "x", uniqueID: "X", boundary: "nope")
    }
    #expect(throws: AuthorizationError.duplicate(owner: "policy/readwrite")) {
      try builder.add(policy: Fixture.document("readwrite", Fixture.allow("*", "*")))
    }
    #expect(throws: AuthorizationError.self) { try builder.add(policy: Fixture.document("bad", "{}")) }
    #expect(throws: AuthorizationError.duplicate(owner: "user/y")) {
      try builder.add(user: "y", uniqueID: "AIDAALICE")
    }
  }
}
