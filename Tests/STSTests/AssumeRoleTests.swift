import IAMPolicy
import S3Model
import STS
import Testing

@Suite struct AssumeRoleTests {
  static let anything = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

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
      as: World.alice())
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
    let (role, token) = try World.service().assume(as: World.alice())
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
    let service = try World.service(trust: trust, roleTags: [(key: "stage", value: "test")])
    let caller = try identity.map { try World.alice($0) } ?? World.alice()
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

  @Test func anExplicitDenyInTheTrustPolicyWins() throws {
    let deny = World.allow("\"sts:AssumeRole\"", to: World.alice).replacing("Allow", with: "Deny")
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.alice), deny)
    #expect(refusal { try service.assume(as: World.alice(Self.anything)) }?.denied == .assumeRole)
  }

  @Test func boundaryAndSessionPolicyLimitWhoMayAssume() throws {
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    let onlyS3 = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
    _ = try service.assume(as: World.alice(Self.anything, boundary: Self.anything))
    #expect(refusal { try service.assume(as: World.alice(Self.anything, boundary: onlyS3)) }?.denied == .assumeRole)
    var session = try World.roleSession()
    _ = try service.assume(as: session)
    session.layers.session = [try World.policy(World.document(onlyS3), .session)]
    #expect(refusal { try service.assume(as: session) }?.denied == .assumeRole)
    session.layers.session = []
    #expect(refusal { try service.assume(as: session) }?.denied == .assumeRole)
  }

  @Test func anUnknownRoleIsAnsweredLikeOneThatDoesNotTrust() throws {
    let service = try World.service()
    let arn = "arn:aws:iam::000000000000:role/none"
    let error = try #require(refusal { try service.assume([("RoleArn", arn)], as: World.alice(Self.anything)) })
    #expect(error.denied == .assumeRole)
    #expect(error.answer.message.hasSuffix("on resource: \(arn)"))
    for bad in ["arn:aws:iam::000000000000:user/x", "arn:aws:s3:::bucket/role/readers", "not-an-arn-but-long-enough"] {
      #expect(refusal { try service.assume([("RoleArn", bad)], as: World.alice()) } == .invalidRoleARN)
    }
  }

  @Test func externalID() throws {
    let service = try World.service(
      trust: World.allow(
        "\"sts:AssumeRole\"", to: World.alice, condition: #"{"StringEquals":{"sts:ExternalId":"secret-1"}}"#))
    _ = try service.assume([("ExternalId", "secret-1")], as: World.alice())
    #expect(refusal { try service.assume([("ExternalId", "secret-2")], as: World.alice()) }?.denied == .assumeRole)
    #expect(refusal { try service.assume(as: World.alice(Self.anything)) }?.denied == .assumeRole)
  }

  @Test func tagsNeedTagSession() throws {
    let tags = [
      ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue"), ("TransitiveTagKeys.member.1", "team"),
    ]
    let without = try World.service()
    #expect(refusal { try without.assume(tags, as: World.alice(Self.anything)) }?.denied == .tagSession)
    let both = #"["sts:AssumeRole","sts:TagSession"]"#
    let with = try World.service(trust: World.allow(both, to: World.alice))
    #expect(
      try with.assume(tags, as: World.alice()).1.tags == [SessionTag(key: "team", value: "blue", isTransitive: true)])
    let conditional = try World.service(
      trust: World.allow(
        both, to: World.alice,
        condition:
          #"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]},"#
          + #""ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":["team"]}}"#))
    _ = try conditional.assume(tags, as: World.alice())
    #expect(
      refusal { try conditional.assume(Array(tags.dropLast()), as: World.alice()) }?.denied == .assumeRole)
    #expect(
      refusal {
        try conditional.assume(tags.map { ($0.0, $0.1 == "blue" ? "red" : $0.1) }, as: World.alice())
      }?.denied == .assumeRole)
  }

  @Test func sourceIdentityNeedsItsPermissionAndStays() throws {
    let plain = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    let asked = [("SourceIdentity", "alice@corp")]
    let error = refusal { try plain.assume(asked, as: World.alice(Self.anything)) }
    #expect(error?.denied == .setSourceIdentity)
    let both = #"["sts:AssumeRole","sts:SetSourceIdentity"]"#
    let service = try World.service(trust: World.allow(both, to: World.wholeAccount))
    let (role, token) = try service.assume(asked, as: World.alice(Self.anything))
    #expect(role.sourceIdentity == "alice@corp")
    #expect(token.sourceIdentity == "alice@corp")
    // Handed on along a chain, with the permission asked again on each hop; never changed.
    let chained = try World.roleSession { $0.sourceIdentity = "alice@corp" }
    #expect(try service.assume(as: chained).1.sourceIdentity == "alice@corp")
    #expect(try service.assume(asked, as: chained).1.sourceIdentity == "alice@corp")
    #expect(refusal { try service.assume([("SourceIdentity", "mallory")], as: chained) } == .sourceIdentityIsSet)
    #expect(refusal { try plain.assume(as: chained) }?.denied == .setSourceIdentity)
  }

  @Test func durations() throws {
    let service = try World.service(
      trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount), sessionSecondsMax: 7200)
    let alice = try World.alice(Self.anything)
    #expect(try service.assume([("DurationSeconds", "7200")], as: alice).1.expirySeconds == Fixture.now / 1000 + 7200)
    #expect(refusal { try service.assume([("DurationSeconds", "7201")], as: alice) } == .durationAboveRoleMaximum)
    for caller in [try World.roleSession(), try World.userSession()] {
      #expect(
        try service.assume([("DurationSeconds", "3600")], as: caller).1.expirySeconds == Fixture.now / 1000 + 3600)
      #expect(refusal { try service.assume([("DurationSeconds", "3601")], as: caller) } == .durationAboveChainingLimit)
    }
  }

  @Test func aChainKeepsItsStartItsTagsAndItsAncestors() throws {
    let both = #"["sts:AssumeRole","sts:TagSession"]"#
    let service = try World.service(trust: World.allow(both, to: World.wholeAccount))
    let caller = try World.roleSession {
      $0.providerID = "PROVIDER1"
      $0.mfaSeconds = Fixture.now / 1000
      $0.claims = [SessionClaim(name: "groups", values: ["a"])]
      $0.tags = [
        SessionTag(key: "team", value: "blue", isTransitive: true), SessionTag(key: "plain", value: "x"),
      ]
      $0.lineage = [SessionAncestor(accessKeyID: "ASIAZERO", roleID: nil, issuedMilliseconds: 5)]
    }
    let (_, token) = try service.assume(
      [("Tags.member.1.Key", "plain"), ("Tags.member.1.Value", "y")], as: caller)
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
        try service.assume([("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red")], as: caller)
      } == .transitiveTagConflict)
    let long = try World.roleSession {
      $0.lineage = (0..<8).map { SessionAncestor(accessKeyID: "A", roleID: nil, issuedMilliseconds: $0) }
    }
    #expect(refusal { try service.assume(as: long) } == .chainTooLong)
    let shorter = try World.roleSession { $0.lineage = Array(long.session!.lineage.dropLast()) }
    #expect(try service.assume(as: shorter).1.lineage.count == 8)
    let many = try World.roleSession {
      $0.tags = (0..<50).map { SessionTag(key: ByteString("t\($0)"), value: "", isTransitive: true) }
    }
    #expect(try service.assume(as: many).1.tags.count == 50)
    #expect(
      refusal { try service.assume([("Tags.member.1.Key", "new"), ("Tags.member.1.Value", "")], as: many) }
        == .tooManyTags)
  }

  @Test func badPoliciesAndMissingOnes() throws {
    let service = try World.service()
    for bad in [
      "{", "{}", "[]", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}"#,
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}"#,
    ] {
      #expect(
        refusal { try service.assume([("Policy", bad)], as: World.alice()) }?.answer.code == .malformedPolicyDocument,
        "\(bad)")
    }
    let none = "arn:aws:iam::000000000000:policy/none"
    #expect(
      refusal { try service.assume([("PolicyArns.member.1.arn", none)], as: World.alice()) }
        == .unknownPolicyARN(ByteString(none)))
    // Whoever may not assume the role learns nothing about policies.
    let stranger = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: #"{"AWS":"111111111111"}"#))
    #expect(
      refusal { try stranger.assume([("PolicyArns.member.1.arn", none)], as: World.alice()) }?.denied == .assumeRole)
  }

  @Test func tooMuchPolicyIsRefused() throws {
    let service = try World.service(tokenBytesMax: 1024)
    let policy = World.document(
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/\#(String(repeating: "a", count: 900))"}"#)
    let error = try #require(refusal { try service.assume([("Policy", policy)], as: World.alice()) })
    #expect(error.answer.code == .packedPolicyTooLarge)
    #expect(error.answer.message.hasPrefix("Packed policy consumes 1"))
    _ = try World.service().assume([("Policy", policy)], as: World.alice())
  }

  @Test func rootSecondFactorAndFederatedUsersAreRefused() throws {
    let service = try World.service(trust: World.allow("\"sts:AssumeRole\"", to: World.wholeAccount))
    #expect(refusal { try service.assume(as: World.root()) } == .rootMayNotAssumeRoles)
    #expect(refusal { try service.assume(as: World.federatedUser()) } == .sessionMayNotCall(.assumeRole))
    #expect(
      refusal {
        try service.assume(
          [("SerialNumber", "arn:aws:iam::000000000000:mfa/alice"), ("TokenCode", "123456")], as: World.alice())
      } == .secondFactorFailed)
    var anonymous = try World.alice(Self.anything)
    anonymous.principal = .anonymous
    #expect(refusal { try service.assume(as: anonymous) } == .anonymous)
  }
}
