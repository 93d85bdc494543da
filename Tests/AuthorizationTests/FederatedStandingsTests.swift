import Authorization
import GatewayTesting
import IAMPolicy
import S3Model
import Testing

/// What a provider that can be asked again has said counts over what a session was made with.
@Suite struct FederatedStandingsTests {
  private static let person = FederatedStandings.Person(providerID: "LDAP1", subject: "cn=jane")
  /// When the provider vouched, and for how long that is good without being asked.
  private static let vouched: Int64 = 1_000_000
  private static let staleMax: Int64 = 60_000

  private func snapshot(_ standing: FederatedStandings.Standing? = nil, canAsk: Bool = true) throws
    -> AuthorizationSnapshot
  {
    var builder = try AuthorizationSnapshotBuilder(account: try #require(AccountID("123456789012")))
    builder.add(
      provider: FederatedProvider(
        kind: .ldap, name: "corp", id: "LDAP1", arn: "arn:aws:iam::123456789012:ldap-provider/corp",
        mapping: FederatedMapping(rules: [.init(claim: "groups", value: "readers", policies: ["readonly"])]),
        staleMillisecondsMax: canAsk ? Self.staleMax : nil))
    var snapshot = builder.snapshot
    snapshot.standings[Self.person] = standing
    return snapshot
  }

  private func subject(_ id: ByteString? = "id1", at time: Int64 = vouched) -> FederatedSubject {
    FederatedSubject(providerID: "LDAP1", subject: "cn=jane", subjectID: id, vouchedMilliseconds: time)
  }

  private func fault(
    _ snapshot: AuthorizationSnapshot, _ subject: FederatedSubject, at now: Int64
  ) -> SessionFault? {
    do throws(SessionFault) {
      try snapshot.checkStanding(subject, atMilliseconds: now)
      return nil
    } catch {
      return error
    }
  }

  @Test func whoIsNotAskedAboutCountsForAWhile() throws {
    let snapshot = try snapshot()
    #expect(fault(snapshot, subject(), at: Self.vouched + Self.staleMax) == nil)
    #expect(fault(snapshot, subject(), at: Self.vouched + Self.staleMax + 1) == .identityStale)
    #expect(fault(snapshot, subject(at: .min), at: .max) == .identityStale)
    // A provider that cannot be asked again says nothing new; one that is not there is not this check's matter.
    #expect(fault(try self.snapshot(canAsk: false), subject(), at: .max) == nil)
  }

  @Test func anAnswerCountsForAWhileMore() throws {
    let asked = Self.vouched + 50_000
    let snapshot = try snapshot(.current(subjectID: "id1", claims: [], asOfMilliseconds: asked))
    #expect(fault(snapshot, subject(), at: asked + Self.staleMax) == nil)
    #expect(fault(snapshot, subject(), at: asked + Self.staleMax + 1) == .identityStale)
    // Another person of that name inherits nothing, and one whom nobody can tell apart is another.
    #expect(fault(snapshot, subject("id2"), at: asked) == .identityGone)
    #expect(fault(snapshot, subject(nil), at: asked) == .identityGone)
    // What was said before this login is not about it.
    #expect(fault(snapshot, subject("id2", at: asked + 1), at: asked + 1) == nil)
  }

  @Test func whoIsGoneIsRefused() throws {
    let asked = Self.vouched + 50_000
    let snapshot = try snapshot(.gone(asOfMilliseconds: asked))
    #expect(fault(snapshot, subject(), at: asked) == .identityGone)
    #expect(fault(snapshot, subject(at: asked), at: asked) == .identityGone)
    // Back, and logged in since.
    #expect(fault(snapshot, subject(at: asked + 1), at: asked + 1) == nil)
    let other = FederatedSubject(
      providerID: "LDAP1", subject: "cn=john", subjectID: nil, vouchedMilliseconds: Self.vouched)
    #expect(fault(snapshot, other, at: asked) == nil)
  }

  @Test(
    arguments: [
      (["readers"], nil, true), ([], nil, false), (["readers"], [], false), ([], ["readers"], true),
    ] as [([ByteString], [ByteString]?, Bool)])
  func groupsOfTheLastAnswerGivePolicies(_ own: [ByteString], _ told: [ByteString]?, _ has: Bool) throws {
    let standing = told.map {
      FederatedStandings.Standing.current(
        subjectID: "id1", claims: [(name: "ldap:groups", values: $0)], asOfMilliseconds: Self.vouched + 1)
    }
    let caller = try snapshot(standing).caller(
      for: SessionDescription(
        kind: .federatedIdentity, principalID: "",
        facts: CallerSession(
          issued: PolicyDate(milliseconds: Self.vouched), claims: [(name: "ldap:groups", values: own)]),
        subject: subject()))
    #expect(caller.layers.identity.isEmpty == !has)
    #expect(caller.principal.callerARN == "arn:aws:sts::123456789012:federated-identity/corp/cn=jane")
    #expect(caller.userID == "LDAP1:cn=jane")
    #expect(caller.session?.federatedProvider == "arn:aws:iam::123456789012:ldap-provider/corp")
  }
}
