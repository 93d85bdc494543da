import Authorization
import S3Model
import S3Wire
import STS
import Testing

/// AssumeRoleWithKerberos, from the verified ticket on.
@Suite struct KerberosTests {
  private static let provider: ByteString = "arn:aws:iam::000000000000:kerberos-provider/main"
  private static let federated = #"{"Federated":"arn:aws:iam::000000000000:kerberos-provider/main"}"#
  private static let action = "\"sts:AssumeRoleWithKerberos\""

  private static func trust(realm: String = "EXAMPLE.TEST") -> String {
    World.allow(action, to: federated, condition: #"{"StringEquals":{"krb5:realm":"\#(realm)"}}"#)
  }

  private func identity(end: Int64? = Fixture.now / 1000 + 7200) -> FederatedIdentity {
    FederatedIdentity(
      providerARN: Self.provider, providerID: "KRB5MAIN", providerName: "main", subject: "robot/batch@EXAMPLE.TEST",
      audience: "HTTP/a@EXAMPLE.TEST",
      claims: [
        SessionClaim(name: "krb5:realm", values: ["EXAMPLE.TEST"]),
        SessionClaim(name: "krb5:principal", values: ["robot/batch@EXAMPLE.TEST"]),
      ], endSeconds: end)
  }

  private func assume(
    _ service: STSService, _ identity: FederatedIdentity? = nil, roles: [ByteString] = [World.roleARN],
    _ more: (String, String)...
  ) throws -> (STSResponse, STSDecisions) {
    let request = try STSRequest(parameters([("Action", "AssumeRoleWithKerberos")] + more))
    guard case .assumeRoleWithKerberos(let input) = request else { throw STSError.internalFailure }
    var decisions = STSDecisions()
    let seed = try #require(SessionSeed([UInt8](repeating: 3, count: SessionSeed.byteCount)))
    let response = try service.assumeRole(
      input, identity ?? self.identity(), roles: roles, context: FixedContext(), atMilliseconds: Fixture.now,
      seed: seed, decisions: &decisions)
    return (response, decisions)
  }

  private func session(_ made: (STSResponse, STSDecisions)) throws -> SessionToken { try #require(made.1.issued).token }

  @Test func takesTheRoleThatTrusts() throws {
    let service = try World.service(trust: Self.trust())
    let made = try assume(service)
    let token = try session(made)
    #expect(token.kind == .assumedRole && token.roleID == "AROAREADER" && token.providerID == "KRB5MAIN")
    // What is no character of session names is replaced.
    // What such names cannot have is told apart by the rest.
    #expect(token.sessionName == "robot-batch@EXAMPLE.TEST-f7178666c711a71db4f788ba")
    #expect(made.1.decision?.isAllowed == true)
    let xml = String(decoding: made.0.xml(requestID: "1"), as: UTF8.self)
    #expect(xml.contains("<KerberosPrincipal>robot/batch@EXAMPLE.TEST</KerberosPrincipal>"))
    #expect(xml.contains("<AssumeRoleWithKerberosResult>"))
    let named = try assume(
      service, nil, roles: [], ("RoleArn", World.roleARN.text), ("RoleSessionName", "nightly"))
    #expect(try session(named).sessionName == "nightly")
  }

  @Test func triesRolesInOrder() throws {
    let service = try World.service(trust: Self.trust())
    let first: ByteString = "arn:aws:iam::000000000000:role/first"
    let missing: ByteString = "arn:aws:iam::000000000000:role/missing"
    // `first` trusts a user, and nobody's ticket.
    let made = try assume(service, roles: [missing, first, World.roleARN])
    #expect(try session(made).roleID == "AROAREADER")
    #expect(made.1.decision?.isAllowed == true)
    for roles in [[], [first], [missing]] {
      #expect(throws: STSError.federatedAccessDenied(.assumeRoleWithKerberos)) { try assume(service, roles: roles) }
    }
  }

  @Test(arguments: [
    trust(realm: "OTHER.TEST"), World.allow(action, to: #"{"AWS":"000000000000"}"#),
    World.allow("\"sts:AssumeRoleWithWebIdentity\"", to: federated),
    World.allow(action, to: #"{"Federated":"arn:aws:iam::000000000000:kerberos-provider/other"}"#),
  ])
  func refusesWhomARoleDoesNotTrust(trust: String) throws {
    let service = try World.service(trust: trust)
    #expect(throws: STSError.federatedAccessDenied(.assumeRoleWithKerberos)) {
      try assume(service, nil, roles: [], ("RoleArn", World.roleARN.text))
    }
    #expect(throws: STSError.federatedAccessDenied(.assumeRoleWithKerberos)) { try assume(service) }
  }

  @Test(
    arguments: [
      // The ticket's seconds, those asked for, those given.
      (7200, nil, 3600), (7200, 5400, 5400), (1800, nil, 1800), (1800, 3600, 1800), (1800, 900, 900), (1, 900, 1),
    ] as [(Int64, Int?, Int64)])
  func endsWithTheTicket(ticket: Int64, asked: Int?, given: Int64) throws {
    let now = Fixture.now / 1000
    let service = try World.service(trust: Self.trust())
    let made =
      try asked.map { try assume(service, identity(end: now + ticket), ("DurationSeconds", "\($0)")) }
      ?? assume(service, identity(end: now + ticket))
    #expect(try session(made).expirySeconds == now + given)
  }

  @Test func nothingComesOfAnEndedTicket() throws {
    let service = try World.service(trust: Self.trust())
    let now = Fixture.now / 1000
    #expect(try session(assume(service, identity(end: now + 1))).expirySeconds == now + 1)
    for end in [now, now - 1] {
      #expect(throws: STSError.federation(.expiredToken)) { try assume(service, identity(end: end)) }
    }
  }

  @Test func theTicketIsNoParameter() throws {
    let service = try World.service(trust: Self.trust())
    let request = try STSRequest(parameters([("Action", "AssumeRoleWithKerberos")]))
    var decisions = STSDecisions()
    #expect(throws: STSError.federation(.invalidToken)) {
      try service.perform(
        request, caller: try Who.alice().caller(in: service.authorization), context: FixedContext(),
        atMilliseconds: Fixture.now,
        seed: try #require(SessionSeed([UInt8](repeating: 3, count: SessionSeed.byteCount))), decisions: &decisions)
    }
  }
}
