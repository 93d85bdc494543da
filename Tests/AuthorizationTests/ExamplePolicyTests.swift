import Authorization
import Foundation
import GatewayTesting
import IAMPolicy
import S3Model
import Testing

/// The documents of `policies/iam`: each loads, allows what its description says and denies the rest.
@Suite struct ExamplePolicyTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var policy: String
    var access: Access
    var context: [String: ConditionValue] = [:]
    var secondFactorSecondsAgo: Int64?
    var isSession = false
    var isAllowed: Bool
    var testDescription: String { "\(policy) \(access.action.name) \(access.resource.text) \(isAllowed)" }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("policies/iam")

  private static func row(
    _ policy: String, _ action: S3Action, _ bucket: String, _ key: ByteString?, _ isAllowed: Bool,
    _ context: [String: ConditionValue] = [:], isSession: Bool = false, mfa: Int64? = nil
  ) -> Row {
    Row(
      policy: policy, access: key.map { Access(action, bucket: bucket, key: $0) } ?? Access(action, bucket: bucket),
      context: context, secondFactorSecondsAgo: mfa, isSession: isSession, isAllowed: isAllowed)
  }

  static let office = IPAddress("192.0.2.7").map { ConditionValue.address($0) } ?? .absent
  static let elsewhere = IPAddress("198.51.100.7").map { ConditionValue.address($0) } ?? .absent

  static let rows: [Row] = [
    row("home-folder", .putObject, "homes", "home/alice/x", true),
    row("home-folder", .putObject, "homes", "home/bob/x", false),
    row("home-folder", .listBucket, "homes", nil, true, ["s3:prefix": .text("home/alice/docs/")]),
    row("home-folder", .listBucket, "homes", nil, false, ["s3:prefix": .text("home/bob/")]),
    row("home-folder", .listBucket, "homes", nil, false, ["s3:prefix": .text("home/alicex/")]),
    row("read-only-bucket", .getObject, "reports", "2024/q1.csv", true),
    row("read-only-bucket", .putObject, "reports", "2024/q1.csv", false),
    row("read-only-bucket", .listBucket, "reports", nil, true),
    row("read-only-bucket", .getObject, "reports-old", "a", false),
    row("delete-requires-mfa", .putObject, "archive", "a", true),
    row("delete-requires-mfa", .deleteObject, "archive", "a", true, isSession: true, mfa: 60),
    row("delete-requires-mfa", .deleteObject, "archive", "a", false, isSession: true, mfa: 7200),
    row("delete-requires-mfa", .deleteObject, "archive", "a", false, isSession: true),
    row("delete-requires-mfa", .deleteObject, "archive", "a", false),
    row("office-network-only", .getObject, "internal", "a", true, ["aws:SourceIp": office]),
    row("office-network-only", .getObject, "internal", "a", false, ["aws:SourceIp": elsewhere]),
    row("office-network-only", .getObject, "internal", "a", false),
    row(
      "encrypted-uploads-only", .putObject, "vault", "a", true,
      ["s3:x-amz-server-side-encryption": .text("AES256")]),
    row(
      "encrypted-uploads-only", .putObject, "vault", "a", false, ["s3:x-amz-server-side-encryption": .text("none")]),
    row("encrypted-uploads-only", .putObject, "vault", "a", false),
    row(
      "uploads-with-tag", .putObject, "projects", "a", true,
      ["s3:RequestObjectTag/project": .text("apollo"), "s3:RequestObjectTagKeys": .texts(["project"])]),
    row(
      "uploads-with-tag", .putObject, "projects", "a", false,
      ["s3:RequestObjectTag/project": .text("gemini"), "s3:RequestObjectTagKeys": .texts(["project"])]),
    row(
      "uploads-with-tag", .putObject, "projects", "a", false,
      ["s3:RequestObjectTag/project": .text("apollo"), "s3:RequestObjectTagKeys": .texts(["project", "extra"])]),
    row("uploads-with-tag", .putObject, "projects", "a", false),
    row("uploads-with-tag", .getObject, "projects", "a", true, ["s3:ExistingObjectTag/project": .text("apollo")]),
    row("uploads-with-tag", .getObject, "projects", "a", false, ["s3:ExistingObjectTag/project": .text("gemini")]),
  ]

  @Test(arguments: rows) func decides(row: Row) throws {
    let file = Self.folder.appendingPathComponent("\(row.policy).json")
    var builder = try AuthorizationSnapshotBuilder(account: Fixture.account)
    try builder.add(policy: .init(name: row.policy, document: Array(try Data(contentsOf: file))))
    try builder.add(
      user: "alice", uniqueID: "AIDAALICE", policies: [row.policy],
      tags: [PrincipalTag(key: "project", value: "apollo")])
    let snapshot = builder.snapshot
    var caller = try #require(snapshot.user(id: "AIDAALICE"))
    if row.isSession {
      let factor = row.secondFactorSecondsAgo.map { PolicyDate(milliseconds: Fixture.now.milliseconds - $0 * 1000) }
      caller = try snapshot.caller(
        for: Fixture.session(.userSession, facts: CallerSession(issued: Fixture.now, secondFactor: factor)))
    }
    let decision = Authorizer.decide(row.access, caller, snapshot, at: Fixture.now, TestContext(row.context))
    #expect(decision.isAllowed == row.isAllowed, "\(decision.description)")
  }

  @Test func everyDocumentIsTestedBothWays() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    for name in files where name.hasSuffix(".json") {
      let rows = Self.rows.filter { "\($0.policy).json" == name }
      #expect(rows.contains { $0.isAllowed } && rows.contains { !$0.isAllowed }, "\(name)")
    }
  }
}
