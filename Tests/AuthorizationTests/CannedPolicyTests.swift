import Authorization
import GatewayTesting
import IAMPolicy
import S3Model
import Testing

@Suite struct CannedPolicyTests {
  @Test(arguments: [
    ("AdministratorAccess", "s3:PutObject", true), ("AdministratorAccess", "iam:CreateUser", true),
    ("ReadOnlyAccess", "s3:GetObject", true), ("ReadOnlyAccess", "s3:ListBucket", true),
    ("ReadOnlyAccess", "iam:ListUsers", true), ("ReadOnlyAccess", "s3:PutObject", false),
    ("ReadOnlyAccess", "iam:CreateUser", false), ("ReadOnlyAccess", "sts:AssumeRole", false),
    ("readwrite", "s3:DeleteObject", true), ("readwrite", "iam:ListUsers", false), ("readonly", "s3:GetObject", true),
    ("readonly", "s3:GetBucketLocation", true), ("readonly", "s3:ListBucket", false),
    ("readonly", "s3:PutObject", false), ("writeonly", "s3:PutObject", true), ("writeonly", "s3:GetObject", false),
    ("diagnostics", "s3:GetObject", false), ("diagnostics", "iam:ListUsers", false),
  ])
  func means(policy: String, action: String, isAllowed: Bool) throws {
    var builder = try AuthorizationSnapshotBuilder(account: Fixture.account)
    try builder.add(user: "u", uniqueID: "U", policies: [policy])
    let snapshot = builder.snapshot
    let caller = try #require(snapshot.user(id: "U"))
    let known = try #require(Action(name: action.utf8))
    let access = Access(action: known, resource: "arn:aws:s3:::b/k", bucket: "b", key: "k")
    #expect(Authorizer.decide(access, caller, snapshot, at: Fixture.now, TestContext()).isAllowed == isAllowed)
  }
}
