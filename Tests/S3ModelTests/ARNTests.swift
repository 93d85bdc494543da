import S3Model
import Testing

@Suite struct ARNTests {
  @Test func splitsOnlyTheFirstFiveColons() throws {
    let arn = try #require(ARN("arn:aws:s3:::bucket/a:b:c"))
    #expect(Array(arn.partition) == Array("aws".utf8))
    #expect(Array(arn.service) == Array("s3".utf8))
    #expect(arn.region.isEmpty && arn.account.isEmpty)
    #expect(Array(arn.resource) == Array("bucket/a:b:c".utf8))
    #expect(arn.accountID == nil)
  }

  @Test func readsTheAccount() throws {
    let arn = try #require(ARN("arn:aws:iam::111122223333:user/alice"))
    #expect(arn.accountID == AccountID("111122223333"))
    #expect(arn.bytes == ARN.user("alice", account: try #require(AccountID("111122223333"))))
  }

  @Test(arguments: ["", "arn", "arn:aws:s3::", "arn:aws:s3:::", "arn:::::", "urn:aws:s3:::b", "arn::s3:::b"])
  func refuses(text: String) {
    #expect(ARN(text) == nil)
  }

  @Test(arguments: ["", "1", "11112222333", "1111222233334", "11112222333x", "+11122223333"])
  func refusesAccounts(text: String) {
    #expect(AccountID(text) == nil)
  }

  @Test func accountsKeepLeadingZeros() throws {
    #expect(try #require(AccountID("000000000042")).description == "000000000042")
    #expect(AccountID.zero.description == "000000000000")
  }

  @Test func rolesAndSessionsHaveTheirARNs() throws {
    let account = try #require(AccountID("111122223333"))
    let role = ARN.role("app", path: "/team/", account: account)
    let session = ARN.assumedRole("app", session: "s1", account: account)
    let principal = Principal(.roleSession(session: session, role: role, account))
    #expect(principal.arn?.text == "arn:aws:iam::111122223333:role/team/app")
    #expect(principal.callerARN?.text == "arn:aws:sts::111122223333:assumed-role/app/s1")
    #expect(Principal.anonymous.account == nil && Principal.anonymous.arn == nil)
  }
}
