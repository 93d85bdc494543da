import Authorization
import S3Model
import STS
import Testing

@Suite struct RevocationRulesTests {
  /// Each subject that the full token names, with the time that counts for it.
  static let subjects: [(RevocationRules.Subject, Int64)] = [
    (.session(Fixture.seed().accessKeyID), Fixture.now),
    (.role("AROAREADER"), Fixture.now),
    (.session("ASIAFIRST"), Fixture.now - 5000),
    (.session("ASIASECOND"), Fixture.now - 2000),
    (.role("AROAMIDDLE"), Fixture.now - 2000),
    (.principal("AIDAALICE"), Fixture.now - 5000),
    (.provider("PROVIDER1"), Fixture.now - 5000),
    (.issuingKey("AKIAALICE"), Fixture.now - 5000),
  ]

  @Test(arguments: subjects)
  func endsWhatWasIssuedBefore(subject: RevocationRules.Subject, issued: Int64) {
    var rules = RevocationRules()
    #expect(rules.isEmpty)
    #expect(!rules.revokes(Fixture.fullToken()))
    rules.revoke(subject, issuedBeforeMilliseconds: issued)
    #expect(!rules.revokes(Fixture.fullToken()), "issued at that time, not before it")
    rules.revoke(subject, issuedBeforeMilliseconds: issued + 1)
    #expect(rules.revokes(Fixture.fullToken()))
    rules.revoke(subject, issuedBeforeMilliseconds: issued)
    #expect(rules.revokes(Fixture.fullToken()), "an earlier time never gives life back")
  }

  @Test func leavesOthersAlone() {
    var rules = RevocationRules()
    for subject: RevocationRules.Subject in [
      .session("ASIAOTHER"), .principal("AROAREADER"), .role("AIDAALICE"), .provider("AKIAALICE"),
      .issuingKey("PROVIDER1"), .principal(""),
    ] {
      rules.revoke(subject, issuedBeforeMilliseconds: .max)
    }
    #expect(!rules.revokes(Fixture.fullToken()))
    #expect(!rules.revokes(Fixture.userToken()))
  }
}
