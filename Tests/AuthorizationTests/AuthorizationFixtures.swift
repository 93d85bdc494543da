import Authorization
import GatewayTesting
import IAMPolicy
import S3Model

/// A request context from a table.
struct TestContext: RequestFacts {
  var values: [ConditionKey: ConditionValue] = [:]

  init(_ values: [String: ConditionValue] = [:]) {
    for (name, value) in values {
      if let key = ConditionKey(parsing: name.utf8) { self.values[key] = value }
    }
  }

  func value(for key: ConditionKey) -> ConditionValue { values[key] ?? .absent }
}

/// One account with users, groups, roles and a bucket policy.
enum Fixture {
  static let now = PolicyDate(seconds: 1_717_243_200)
  static let account: AccountID = AccountID("111122223333") ?? .zero

  static func document(_ name: String, _ text: String) -> AuthorizationSnapshotBuilder.Document {
    AuthorizationSnapshotBuilder.Document(name: name, document: Array(text.utf8))
  }

  static func builder() throws -> AuthorizationSnapshotBuilder {
    var builder = try AuthorizationSnapshotBuilder(account: account)
    try builder.add(
      policy: document("readers", allow("s3:GetObject", "arn:aws:s3:::data/*")))
    try builder.add(policy: document("only-gets", allow("s3:Get*", "*")))
    try builder.add(group: "staff", policies: ["readers"])
    try builder.add(
      user: "alice", uniqueID: "AIDAALICE", groups: ["staff"], tags: [PrincipalTag(key: "team", value: "red")])
    try builder.add(user: "bob", uniqueID: "AIDABOB", policies: ["readwrite"], boundary: "only-gets")
    try builder.add(user: "carol", uniqueID: "AIDACAROL", policies: ["AdministratorAccess"])
    try builder.add(
      role: "app", uniqueID: "AROAAPP", path: "/team/",
      trustPolicy: Array(
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#
          .utf8), policies: ["readwrite"], tags: [PrincipalTag(key: "team", value: "blue")])
    return builder
  }

  static func snapshot() throws -> AuthorizationSnapshot { try builder().snapshot }

  static func allow(_ action: String, _ resource: String) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Sid":"S1","Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}]}"#
  }

  static func bucketPolicy(_ text: String, bucket: String) throws -> AuthorizationSnapshot.BucketPolicy {
    .policy(try CompiledPolicy(parsing: text, name: "bucket policy", kind: .resource(bucket: ByteString(bucket))))
  }

  static func session(
    _ kind: SessionDescription.Kind, principal: ByteString = "AIDAALICE", name: ByteString = "s1",
    policy: String? = nil, policyARNs: [ByteString] = [], tags: [PrincipalTag] = [], facts: CallerSession? = nil
  ) -> SessionDescription {
    SessionDescription(
      kind: kind, principalID: principal, name: name, policy: policy.map { ByteString($0) }, policyARNs: policyARNs,
      tags: tags, facts: facts ?? CallerSession(issued: now))
  }
}
