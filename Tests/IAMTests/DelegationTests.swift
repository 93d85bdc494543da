import GatewayTesting
import IAM
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import Testing

/// What an administrator who is not root may do, and may not.
@Suite struct DelegationTests {
  @Test func aRefusalTellsNothingOfWhatThereIs() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob", "Path": "/secret/"])
    let eve = try iam.user("eve", allow("iam:GetGroup"))
    let there = await iam.refusal("GetUser", ["UserName": "bob"], as: eve)
    let notThere = await iam.refusal("GetUser", ["UserName": "bob2"], as: eve)
    #expect(
      there?.answer.message
        == "User: arn:aws:iam::123456789012:user/eve is not authorized to perform: iam:GetUser on resource: user bob "
        + "because no identity-based policy allows the iam:GetUser action")
    #expect(there?.answer.message.replacing("user bob ", with: "user bob2 ") == notThere?.answer.message)
    #expect(notThere?.answer.code == .accessDenied)
    let denied = try iam.user(
      "eve", #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#)
    #expect(
      await iam.refusal("GetUser", ["UserName": "bob"], as: denied)?.answer.message.hasSuffix(
        "with an explicit deny in an identity-based policy") == true)
  }

  @Test func attachingIsBoundByPolicyARN() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let admin = try iam.user(
      "admin",
      allow(
        "iam:AttachUserPolicy",
        condition: #"{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}"#))
    try await iam.call(
      "AttachUserPolicy", ["UserName": "bob", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"], as: admin)
    #expect(
      await iam.code(
        "AttachUserPolicy", ["UserName": "bob", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"], as: admin)
        == .accessDenied)
  }

  @Test func usersAreMadeOnlyWithinTheBoundary() async throws {
    let iam = try IAMHarness()
    let boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    let admin = try iam.user(
      "admin",
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["iam:CreateUser",\
      "iam:PutUserPolicy","iam:PutUserPermissionsBoundary","iam:DeleteUserPermissionsBoundary"],\
      "Condition":{"StringEquals":{"iam:PermissionsBoundary":"\(boundary)"}}},\
      {"Effect":"Deny","Resource":"*","Action":"iam:DeleteUserPermissionsBoundary"}]}
      """)
    #expect(await iam.code("CreateUser", ["UserName": "free"], as: admin) == .accessDenied)
    #expect(
      await iam.code(
        "CreateUser", ["UserName": "free", "PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"],
        as: admin) == .accessDenied)
    try await iam.call("CreateUser", ["UserName": "bound", "PermissionsBoundary": boundary], as: admin)
    let put = ["PolicyName": "p", "PolicyDocument": allow("*")]
    try await iam.call("PutUserPolicy", put.merging(["UserName": "bound"]) { $1 }, as: admin)
    try await iam.call("CreateUser", ["UserName": "free"])
    #expect(await iam.code("PutUserPolicy", put.merging(["UserName": "free"]) { $1 }, as: admin) == .accessDenied)
    #expect(await iam.code("DeleteUserPermissionsBoundary", ["UserName": "bound"], as: admin) == .accessDenied)
    #expect(
      await iam.code(
        "PutUserPermissionsBoundary",
        ["UserName": "bound", "PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"], as: admin)
        == .accessDenied)
  }

  @Test func pathsAndTagsBoundWhoIsManaged() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "ann", "Path": "/blue/"])
    try await iam.call(
      "CreateUser", ["UserName": "ben", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"])
    let path = try iam.user("admin", allow("iam:*", on: "arn:aws:iam::123456789012:user/blue/*"))
    try await iam.call("CreateAccessKey", ["UserName": "ann"], as: path)
    #expect(await iam.code("CreateAccessKey", ["UserName": "ben"], as: path) == .accessDenied)
    // Out of the path is out of reach: the new name must be allowed as well.
    #expect(await iam.code("UpdateUser", ["UserName": "ann", "NewPath": "/red/"], as: path) == .accessDenied)
    try await iam.call("UpdateUser", ["UserName": "ann", "NewPath": "/blue/light/"], as: path)
    for key in ["iam:ResourceTag/team", "aws:ResourceTag/Team"] {
      let tag = try iam.user("admin", allow("iam:TagUser", condition: "{\"StringEquals\":{\"\(key)\":\"blue\"}}"))
      let set = ["Tags.member.1.Key": "x", "Tags.member.1.Value": "1"]
      try await iam.call("TagUser", set.merging(["UserName": "ben"]) { $1 }, as: tag)
      #expect(await iam.code("TagUser", set.merging(["UserName": "ann"]) { $1 }, as: tag) == .accessDenied)
    }
    let request = try iam.user(
      "admin",
      allow(
        "iam:*",
        condition:
          #"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#))
    let tagged = ["Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"]
    try await iam.call("CreateUser", tagged.merging(["UserName": "cat"]) { $1 }, as: request)
    #expect(await iam.code("CreateUser", ["UserName": "dog"], as: request) == .accessDenied)
    #expect(
      await iam.code(
        "CreateUser",
        tagged.merging(["UserName": "dog", "Tags.member.2.Key": "y", "Tags.member.2.Value": ""]) { $1 }, as: request)
        == .accessDenied)
  }

  @Test func restrictedCredentialsMakeNoKeysOfTheirOwn() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let session = [try CompiledPolicy(parsing: allow("iam:*"), name: "session", kind: .session)]
    let bob = try iam.user("bob", allow("iam:*"), session: session)
    #expect(await iam.refusal("CreateAccessKey", as: bob) == .limitedCredentials)
    try await iam.call("CreateAccessKey", as: try iam.user("bob", allow("iam:*")))
  }

  @Test func whatIsPerformedIsWhatWasAuthorized() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob", "Path": "/blue/"])
    let admin = try iam.user("admin", allow("iam:*", on: "arn:aws:iam::123456789012:user/blue/*"))
    let store = iam.store
    var moved = try #require(iam.editor.table.users["bob"]).record
    moved.path = "/red/"
    let change = moved
    iam.editor.beforeNextCommit {
      var transaction = StoreTransaction()
      transaction.changes[change.key] = .some(change.value)
      _ = try? await store.commit(transaction)
    }
    // Moved out of reach between the decision and the commit: decided again, and refused.
    let put = ["UserName": "bob", "PolicyName": "p", "PolicyDocument": allow("*")]
    #expect(await iam.code("PutUserPolicy", put, as: admin) == .accessDenied)
    #expect(iam.editor.table.users["bob"]?.record.inline.isEmpty == true)
  }
}
