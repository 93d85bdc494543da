import Authorization
import IAMPolicy
import S3Model
import STS
import Testing

@Suite struct AssumeRoleTests {
  static let anything = World.anything

  @Test func aTrustedUserGetsTheRole() throws {
    let service = try World.service()
    let (role, token) = try service.assume(
      [
        ("DurationSeconds", "900"),
        (
          "Policy",
          " {\"Version\": \"2012-10-17\", \"Statement\": [\n"
            + #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a b/*"}]} "#
        ),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
      ],
      as: .alice())
    #expect(role.assumedRoleID == "AROAREADER:nightly")
    #expect(role.arn == "arn:aws:sts::000000000000:assumed-role/reader/nightly")
    #expect((1...100).contains(try #require(role.packedPolicyPercent)))
    #expect(
      token
        == SessionToken(
          kind: .assumedRole, accessKeyID: Fixture.seed().accessKeyID, principalID: "AIDAALICE", roleID: "AROAREADER",
          issuingKeyID: "AKIAALICEALICEALICE1", sessionName: "nightly",
          policy: ByteString(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","#
              + #""Resource":"arn:aws:s3:::a b/*"}]}"#),
          policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], issuedMilliseconds: Fixture.now,
          expirySeconds: Fixture.now / 1000 + 900))
  }

  @Test func withoutPoliciesNoPackedSizeAndAnHour() throws {
    let (role, token) = try World.service().assume(as: .alice())
    #expect(role.packedPolicyPercent == nil)
    #expect(token.policy == nil)
    #expect(token.expirySeconds == Fixture.now / 1000 + 3600)
  }

  /// Trust policy, alice's policy, and whether she gets the role.
  static let trustCases: [(name: String, trust: String, identity: String?, allowed: Bool)] = [
    ("trust names her", World.allow("\"sts:AssumeRole\"", to: World.alice), nil, true),
    ("trust names her, another action", World.allow("\"sts:TagSession\"", to: World.alice), anything, false),
    (
      "trust names another", World.allow("\"sts:AssumeRole\"", to: #"{"AWS":"arn:aws:iam::000000000000:user/bob"}"#),
      anything, false
    ),
    ("trust names the account, she is silent", World.allow("\"sts:AssumeRole\"", to: World.wholeAccount), nil, false),
    ("trust names the account, she may", World.allow("\"sts:AssumeRole\"", to: World.wholeAccount), anything, true),
    (
      "trust names the account, she may another role", World.allow("\"sts:AssumeRole\"", to: World.wholeAccount),
      #"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::000000000000:role/other"}"#, false
    ),
    (
      "trust names another account", World.allow("\"sts:AssumeRole\"", to: #"{"AWS":"111111111111"}"#), anything,
      false
    ),
    (
      "her policy denies", World.allow("\"sts:AssumeRole\"", to: World.alice),
      #"{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#, false
    ),
    (
      "condition fails",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#), anything, false
    ),
    (
      "session name as demanded",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"StringEquals":{"sts:RoleSessionName":"nightly"}}"#), nil, true
    ),
    (
      "session name otherwise",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"StringEquals":{"sts:RoleSessionName":"daily"}}"#), nil, false
    ),
    (
      "duration as demanded",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"NumericLessThanEquals":{"sts:DurationSeconds":"3600"}}"#), nil, true
    ),
    (
      "duration otherwise",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"NumericLessThan":{"sts:DurationSeconds":"3600"}}"#), nil, false
    ),
    (
      "the role's tag",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"StringEquals":{"aws:ResourceTag/stage":"test"}}"#), nil, true
    ),
    (
      "the role's tag otherwise",
      World.allow(
        "\"sts:AssumeRole\"", to: World.alice,
        condition: #"{"StringEquals":{"aws:ResourceTag/stage":"live"}}"#), nil, false
    ),
  ]

  @Test(arguments: trustCases)
  func trust(name: String, trust: String, identity: String?, allowed: Bool) throws {
    let service = try World.service(trust: trust, roleTags: [PrincipalTag(key: "stage", value: "test")])
    let caller = Who.alice(identity)
    if allowed {
      _ = try service.assume(as: caller)
    } else {
      let error = try #require(refusal { try service.assume(as: caller) })
      #expect(error.denied == .assumeRole, "\(name)")
      #expect(
        error.answer
          == STSError.Answer(
            code: .accessDenied, status: 403,
            message: "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sts:AssumeRole on "
              + "resource: arn:aws:iam::000000000000:role/team/reader"))
    }
  }

  @Test func theOutcomeNamesWhatAllowedIt() throws {
    let role = [("Action", "AssumeRole"), ("RoleArn", World.roleARN.text), ("RoleSessionName", "nightly")]
    let direct = try World.service().outcome(role, as: .alice())
    #expect(direct.decision?.description == "allowed by reader trust policy.Statement[0] (resource)")
    let delegated = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    #expect(
      try delegated.outcome(role, as: .alice(Self.anything)).decision?.description
        == "allowed by inline.Statement[0] (identity)")
    #expect(try delegated.outcome([("Action", "GetCallerIdentity")]).decision == nil)
    guard case .accessDenied(let denial)? = refusal({ try delegated.outcome(role, as: .alice()) }) else {
      Issue.record("not denied")
      return
    }
    #expect(denial.reason == "not allowed by any statement (identity)")
  }

  @Test func anExplicitDenyInTheTrustPolicyWins() throws {
    let deny = World.allow("\"sts:AssumeRole\"", to: World.alice).replacing("Allow", with: "Deny")
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.alice), deny)
    #expect(refusal { try service.assume(as: .alice(Self.anything)) }?.denied == .assumeRole)
  }

  @Test func boundaryAndSessionPolicyLimitWhoMayAssume() throws {
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    let onlyS3 = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
    _ = try service.assume(as: .alice(Self.anything, boundary: Self.anything))
    #expect(refusal { try service.assume(as: .alice(Self.anything, boundary: onlyS3)) }?.denied == .assumeRole)
    // A session policy limits what the session may assume, and none of its own means no limit.
    _ = try service.assume(as: .session(World.roleSession()))
    for (arn, mayAssume) in [("aws:policy/AdministratorAccess", true), ("aws:policy/ReadOnlyAccess", false)] {
      let token = World.roleSession { $0.policyARNs = [ByteString("arn:aws:iam::" + arn)] }
      if mayAssume {
        _ = try service.assume(as: .session(token))
      } else {
        #expect(refusal { try service.assume(as: .session(token)) }?.denied == .assumeRole)
      }
    }
    let own = World.roleSession {
      $0.policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
    }
    #expect(refusal { try service.assume(as: .session(own)) }?.denied == .assumeRole)
  }

  @Test func anUnknownRoleIsAnsweredLikeOneThatDoesNotTrust() throws {
    let service = try World.service()
    let arn = "arn:aws:iam::000000000000:role/none"
    let error = try #require(refusal { try service.assume([("RoleArn", arn)], as: .alice(Self.anything)) })
    #expect(error.denied == .assumeRole)
    #expect(error.answer.message.hasSuffix("on resource: \(arn)"))
    for bad in ["arn:aws:iam::000000000000:user/x", "arn:aws:s3:::bucket/role/readers", "not-an-arn-but-long-enough"] {
      #expect(refusal { try service.assume([("RoleArn", bad)], as: .alice()) } == .invalidRoleARN)
    }
  }

  @Test func externalID() throws {
    let service = try World.service(
      trust: World.allow(
        "\"sts:AssumeRole\"", to: World.alice, condition: #"{"StringEquals":{"sts:ExternalId":"secret-1"}}"#))
    _ = try service.assume([("ExternalId", "secret-1")], as: .alice())
    #expect(refusal { try service.assume([("ExternalId", "secret-2")], as: .alice()) }?.denied == .assumeRole)
    #expect(refusal { try service.assume(as: .alice(Self.anything)) }?.denied == .assumeRole)
  }

  @Test func tagsNeedTagSession() throws {
    let tags = [
      ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue"), ("TransitiveTagKeys.member.1", "team"),
    ]
    let without = try World.service()
    #expect(refusal { try without.assume(tags, as: .alice(Self.anything)) }?.denied == .tagSession)
    let both = #"["sts:AssumeRole","sts:TagSession"]"#
    let with = try World.service(trust: World.allow(both, to: World.alice))
    #expect(
      try with.assume(tags, as: .alice()).1.tags == [SessionTag(key: "team", value: "blue", isTransitive: true)])
    let conditional = try World.service(
      trust: World.allow(
        both, to: World.alice,
        condition:
          #"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]},"#
          + #""ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":["team"]}}"#))
    _ = try conditional.assume(tags, as: .alice())
    #expect(
      refusal { try conditional.assume(Array(tags.dropLast()), as: .alice()) }?.denied == .assumeRole)
    #expect(
      refusal {
        try conditional.assume(tags.map { ($0.0, $0.1 == "blue" ? "red" : $0.1) }, as: .alice())
      }?.denied == .assumeRole)
  }

  @Test func sourceIdentityNeedsItsPermissionAndStays() throws {
    let plain = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    let asked = [("SourceIdentity", "alice@corp")]
    let error = refusal { try plain.assume(asked, as: .alice(Self.anything)) }
    #expect(error?.denied == .setSourceIdentity)
    let both = #"["sts:AssumeRole","sts:SetSourceIdentity"]"#
    let service = try World.service(trust: World.allow(both, to: World.wholeAccount))
    let (role, token) = try service.assume(asked, as: .alice(Self.anything))
    #expect(role.sourceIdentity == "alice@corp")
    #expect(token.sourceIdentity == "alice@corp")
    // Handed on along a chain, with the permission asked again on each hop; never changed.
    let chained = Who.session(World.roleSession { $0.sourceIdentity = "alice@corp" })
    #expect(try service.assume(as: chained).1.sourceIdentity == "alice@corp")
    #expect(try service.assume(asked, as: chained).1.sourceIdentity == "alice@corp")
    #expect(refusal { try service.assume([("SourceIdentity", "mallory")], as: chained) } == .sourceIdentityIsSet)
    #expect(refusal { try plain.assume(as: chained) }?.denied == .setSourceIdentity)
  }

  @Test func durations() throws {
    let service = try World.service(
      World.snapshot(
        trust: [World.allow("\"sts:AssumeRole\"", to: World.wholeAccount)], identity: [Self.anything],
        sessionSecondsMax: 7200))
    let alice = Who.alice(Self.anything)
    #expect(try service.assume([("DurationSeconds", "7200")], as: alice).1.expirySeconds == Fixture.now / 1000 + 7200)
    #expect(refusal { try service.assume([("DurationSeconds", "7201")], as: alice) } == .durationAboveRoleMaximum)
    for caller in [Who.session(World.roleSession()), .session(World.userSession())] {
      #expect(
        try service.assume([("DurationSeconds", "3600")], as: caller).1.expirySeconds == Fixture.now / 1000 + 3600)
      #expect(refusal { try service.assume([("DurationSeconds", "3601")], as: caller) } == .durationAboveChainingLimit)
    }
  }

  @Test func aChainKeepsItsStartItsTagsAndItsAncestors() throws {
    let both = #"["sts:AssumeRole","sts:TagSession"]"#
    let service = try World.service(trust: World.allow(both, to: World.wholeAccount))
    let caller = World.roleSession {
      $0.providerID = "PROVIDER1"
      $0.mfaSeconds = Fixture.now / 1000
      $0.claims = [SessionClaim(name: "groups", values: ["a"])]
      $0.tags = [
        SessionTag(key: "team", value: "blue", isTransitive: true), SessionTag(key: "plain", value: "x"),
      ]
      $0.lineage = [SessionAncestor(accessKeyID: "ASIAZERO", roleID: nil, issuedMilliseconds: 5)]
    }
    let (_, token) = try service.assume(
      [("Tags.member.1.Key", "plain"), ("Tags.member.1.Value", "y")], as: .session(caller))
    #expect(token.principalID == "AIDAALICE")
    #expect(token.issuingKeyID == "AKIAALICEALICEALICE1")
    #expect(token.providerID == "PROVIDER1")
    #expect(token.mfaSeconds == nil)
    #expect(token.claims.isEmpty)
    #expect(
      token.tags == [
        SessionTag(key: "team", value: "blue", isTransitive: true), SessionTag(key: "plain", value: "y"),
      ])
    #expect(
      token.lineage == [
        SessionAncestor(accessKeyID: "ASIAZERO", roleID: nil, issuedMilliseconds: 5),
        SessionAncestor(
          accessKeyID: "ASIAPARENTPARENTPARE", roleID: "AROAFIRST", issuedMilliseconds: Fixture.now - 60_000),
      ])
    #expect(
      refusal {
        try service.assume([("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red")], as: .session(caller))
      } == .transitiveTagConflict)
    let long = World.roleSession {
      $0.lineage = (0..<8).map { SessionAncestor(accessKeyID: "A", roleID: nil, issuedMilliseconds: $0) }
    }
    #expect(refusal { try service.assume(as: .session(long)) } == .chainTooLong)
    let shorter = World.roleSession { $0.lineage = Array(long.lineage.dropLast()) }
    #expect(try service.assume(as: .session(shorter)).1.lineage.count == 8)
    let many = World.roleSession {
      $0.tags = (0..<50).map { SessionTag(key: ByteString("t\($0)"), value: "", isTransitive: true) }
    }
    #expect(try service.assume(as: .session(many)).1.tags.count == 50)
    #expect(
      refusal { try service.assume([("Tags.member.1.Key", "new"), ("Tags.member.1.Value", "")], as: .session(many)) }
        == .tooManyTags)
  }

  @Test func badPoliciesAndMissingOnes() throws {
    let service = try World.service()
    for bad in [
      "{", "{}", "[]", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}"#,
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}"#,
    ] {
      #expect(
        refusal { try service.assume([("Policy", bad)], as: .alice()) }?.answer.code == .malformedPolicyDocument,
        "\(bad)")
    }
    let none = "arn:aws:iam::000000000000:policy/none"
    #expect(
      refusal { try service.assume([("PolicyArns.member.1.arn", none)], as: .alice()) }
        == .unknownPolicyARN(ByteString(none)))
    // Whoever may not assume the role learns nothing about policies.
    let stranger = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: #"{"AWS":"111111111111"}"#))
    #expect(
      refusal { try stranger.assume([("PolicyArns.member.1.arn", none)], as: .alice()) }?.denied == .assumeRole)
  }

  @Test func tooMuchPolicyIsRefused() throws {
    let service = try World.service(tokenBytesMax: 1024)
    let resource = "arn:aws:s3:::b/" + String(repeating: "a", count: 900)
    let policy = String(
      decoding: World.document([#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"\#(resource)"}"#]),
      as: UTF8.self)
    let error = try #require(refusal { try service.assume([("Policy", policy)], as: .alice()) })
    #expect(error.answer.code == .packedPolicyTooLarge)
    #expect(error.answer.message.hasPrefix("Packed policy consumes 1"))
    _ = try World.service().assume([("Policy", policy)], as: .alice())
  }

  @Test func rootSecondFactorAndFederatedUsersAreRefused() throws {
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    #expect(refusal { try service.assume(as: .root) } == .rootMayNotAssumeRoles)
    #expect(refusal { try service.assume(as: .session(World.federatedUser())) } == .sessionMayNotCall(.assumeRole))
    #expect(
      refusal {
        try service.assume(
          [("SerialNumber", "arn:aws:iam::000000000000:mfa/alice"), ("TokenCode", "123456")], as: .alice())
      } == .secondFactorFailed)
    #expect(refusal { try service.assume(as: .anonymous) } == .anonymous)
  }

  /// What the caller is, and when it calls, is answered by the caller and the clock and never by the request.
  static let callerConditions: [(condition: String, allowed: Bool)] = [
    (#"{"StringEquals":{"aws:username":"alice"}}"#, true),
    (#"{"StringEquals":{"aws:username":"bob"}}"#, false),
    (#"{"StringEquals":{"aws:PrincipalTag/home":"here"}}"#, true),
    (#"{"StringEquals":{"aws:PrincipalTag/home":"forged"}}"#, false),
    (#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, false),
    (#"{"DateGreaterThan":{"aws:CurrentTime":"2025-12-31T00:00:00Z"}}"#, true),
    (#"{"DateGreaterThan":{"aws:CurrentTime":"2026-01-02T00:00:00Z"}}"#, false),
    (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, true),
    (#"{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"#, false),
  ]

  @Test(arguments: callerConditions)
  func callerKeysComeFromTheCaller(condition: String, allowed: Bool) throws {
    let context = FixedContext(values: [
      ConditionKey(.sourceIP): .text("192.0.2.1"), ConditionKey(.username): .text("bob"),
      ConditionKey(.multiFactorAuthPresent): .boolean(true),
      ConditionKey(.aws(.principalTag), parameter: "home"): .text("forged"),
      ConditionKey(.currentTime): .text("2030-01-01T00:00:00Z"),
    ])
    let service = try World.service(
      trust: World.allow("\"sts:AssumeRole\"", to: World.alice, condition: condition))
    if allowed {
      _ = try service.assume(as: .alice(), context: context)
    } else {
      #expect(refusal { try service.assume(as: .alice(), context: context) }?.denied == .assumeRole)
    }
  }

  @Test func aSecondFactorInTheSessionCounts() throws {
    let service = try World.service(
      trust: World.allow(
        "\"sts:AssumeRole\"", to: World.alice, condition: #"{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}"#))
    let used = { (secondsAgo: Int64) in
      Who.session(World.userSession { $0.mfaSeconds = Fixture.now / 1000 - secondsAgo })
    }
    _ = try service.assume(as: used(200))
    #expect(refusal { try service.assume(as: used(400)) }?.denied == .assumeRole)
    #expect(refusal { try service.assume(as: .session(World.userSession())) }?.denied == .assumeRole)
  }
}
