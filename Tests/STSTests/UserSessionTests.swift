import IAMPolicy
import S3Model
import STS
import Testing

@Suite struct UserSessionTests {
  static let anything = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

  private func getSessionToken(_ more: [(String, String)] = [], as who: Who) throws -> SessionToken {
    let service = try World.service()
    guard case .getSessionToken(let made) = try service.run([("Action", "GetSessionToken")] + more, as: who) else {
      throw STSError.internalFailure
    }
    return try service.open(made)
  }

  private func getFederationToken(
    _ more: [(String, String)] = [], as who: Who
  ) throws -> (STSResponse.FederatedUser, SessionToken) {
    let service = try World.service()
    let pairs = [("Action", "GetFederationToken"), ("Name", "bob")] + more
    guard case .getFederationToken(let made) = try service.run(pairs, as: who) else {
      throw STSError.internalFailure
    }
    return (made, try service.open(made.credentials))
  }

  @Test func getSessionTokenNeedsNoPermission() throws {
    let token = try getSessionToken(as: .alice(#"{"Effect":"Deny","Action":"*","Resource":"*"}"#))
    #expect(
      token
        == SessionToken(
          kind: .userSession, accessKeyID: Fixture.seed().accessKeyID, principalID: "AIDAALICE",
          issuingKeyID: "AKIAALICEALICEALICE1", issuedMilliseconds: Fixture.now,
          expirySeconds: Fixture.now / 1000 + 43_200))
    let long = try getSessionToken([("DurationSeconds", "129600")], as: .alice())
    #expect(long.expirySeconds == Fixture.now / 1000 + 129_600)
  }

  @Test func rootSessionsLastAnHourAtMost() throws {
    #expect(try getSessionToken(as: .root).expirySeconds == Fixture.now / 1000 + 3600)
    #expect(
      try getSessionToken([("DurationSeconds", "129600")], as: .root).expirySeconds
        == Fixture.now / 1000 + 3600)
    #expect(
      try getSessionToken([("DurationSeconds", "900")], as: .root).expirySeconds == Fixture.now / 1000 + 900)
    let (_, token) = try getFederationToken(as: .root)
    #expect(token.expirySeconds == Fixture.now / 1000 + 3600)
    #expect(token.principalID == World.account.bytes)
  }

  @Test func sessionsMakeNoUserSessions() throws {
    for token in [World.roleSession(), World.userSession(), World.federatedUser()] {
      let caller = Who.session(token)
      let session = try #require(refusal { try getSessionToken(as: caller) })
      #expect(session == .sessionMayNotCall(.getSessionToken))
      #expect(session.answer.message == "Cannot call GetSessionToken with session credentials")
      #expect(session.answer.status == 403)
      #expect(refusal { try getFederationToken(as: caller) } == .sessionMayNotCall(.getFederationToken))
    }
    #expect(
      refusal { try getSessionToken([("SerialNumber", "GAHT12345678"), ("TokenCode", "123456")], as: .alice()) }
        == .secondFactorFailed)
  }

  @Test func federationNeedsItsPermission() throws {
    let may = #"{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"*"}"#
    let (user, token) = try getFederationToken(as: .alice(may))
    #expect(user.federatedUserID == "000000000000:bob")
    #expect(user.arn == "arn:aws:sts::000000000000:federated-user/bob")
    #expect(user.packedPolicyPercent == nil)
    #expect(token.kind == .federatedUser)
    #expect(token.sessionName == "bob")
    #expect(token.expirySeconds == Fixture.now / 1000 + 43_200)
    #expect(refusal { try getFederationToken(as: .alice()) }?.denied == .getFederationToken)
    let other = #"{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"*/carol"}"#
    #expect(
      refusal {
        try getFederationToken(
          as: .alice(other.replacing("*/carol", with: "arn:aws:sts::000000000000:federated-user/carol")))
      }?
      .denied == .getFederationToken)
    let tags = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")]
    #expect(refusal { try getFederationToken(tags, as: .alice(may)) }?.denied == .tagSession)
    #expect(
      try getFederationToken(tags, as: .alice(Self.anything)).1.tags == [SessionTag(key: "team", value: "blue")])
  }

  @Test func callerIdentityOfEveryKind() throws {
    let service = try World.service()
    let expected: [(Who, ByteString, ByteString)] = [
      (.alice(#"{"Effect":"Deny","Action":"*","Resource":"*"}"#), "AIDAALICE", World.aliceARN),
      (.root, "000000000000", "arn:aws:iam::000000000000:root"),
      (.session(World.userSession()), "AIDAALICE", World.aliceARN),
      (.session(World.roleSession()), "AROAFIRST:first", "arn:aws:sts::000000000000:assumed-role/first/first"),
      (.session(World.federatedUser()), "000000000000:bob", "arn:aws:sts::000000000000:federated-user/bob"),
    ]
    for (caller, userID, arn) in expected {
      guard
        case .getCallerIdentity(let id, let account, let callerARN) = try service.run(
          [("Action", "GetCallerIdentity")], as: caller)
      else {
        Issue.record("no GetCallerIdentity")
        return
      }
      #expect(id == userID)
      #expect(callerARN == arn)
      #expect(account == World.account)
    }
  }

  @Test func accessKeyInfo() throws {
    let service = try World.service()
    let ask = { (id: String, caller: Who) in
      try service.run([("Action", "GetAccessKeyInfo"), ("AccessKeyId", id)], as: caller)
    }
    for id in ["AKIAALICEALICEALICE1", "ASIAAAAAAAAAAAAAAAAA"] {
      guard case .getAccessKeyInfo(let account) = try ask(id, .alice(Self.anything)) else {
        Issue.record("no GetAccessKeyInfo")
        return
      }
      #expect(account == World.account)
      #expect(refusal { try ask(id, .alice()) }?.denied == .getAccessKeyInfo)
      #expect(refusal { try ask(id, .session(World.userSession())) } == .sessionMayNotCall(.getAccessKeyInfo))
    }
    #expect(refusal { try ask("AKIASOMEBODYELSE0001", .alice(Self.anything)) } == .unknownAccessKey)
  }

  /// Kind, second factor, action, whether it may be called at all.
  static let restrictions: [(SessionToken.Kind, Bool, Action, Bool)] = [
    (.assumedRole, false, .s3(.getObject), true),
    (.assumedRole, false, .iam(.createUser), true),
    (.assumedRole, false, .sts(.assumeRole), true),
    (.assumedRole, false, .sts(.getSessionToken), false),
    (.assumedRole, false, .sts(.getFederationToken), false),
    (.userSession, false, .s3(.getObject), true),
    (.userSession, false, .iam(.createUser), false),
    (.userSession, true, .iam(.createUser), true),
    (.userSession, true, .sts(.assumeRole), true),
    (.userSession, true, .sts(.getCallerIdentity), true),
    (.userSession, true, .sts(.getFederationToken), false),
    (.userSession, true, .sts(.getAccessKeyInfo), false),
    (.federatedUser, true, .s3(.getObject), true),
    (.federatedUser, true, .iam(.createUser), false),
    (.federatedUser, true, .sts(.assumeRole), false),
    (.federatedUser, true, .sts(.getCallerIdentity), true),
  ]

  @Test(arguments: restrictions)
  func whatSessionsMayCall(kind: SessionToken.Kind, mfa: Bool, action: Action, allowed: Bool) {
    var token = Fixture.userToken()
    token.kind = kind
    token.mfaSeconds = mfa ? 1 : nil
    #expect(token.mayCall(action) == allowed)
  }
}
