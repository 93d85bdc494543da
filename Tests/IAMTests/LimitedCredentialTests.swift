import Authorization
import GatewayTesting
import HashTreeCollections
import IAM
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import Testing

/// Callers whose own credentials are limited, by a session's policy or as a service account, and allowed all of iam:
/// they make nothing that would be free of that limit.
@Suite struct LimitedCredentialTests {
  private let everything = allow("*")
  private static let document = allow("s3:GetObject")

  /// What could serve as a way out, each with parameters that anybody without a limit has success with.
  static let ways: [(String, [String: String])] = [
    ("CreateUser", ["UserName": "new"]),
    ("UpdateUser", ["UserName": "bob", "NewUserName": "bobby"]),
    ("CreateAccessKey", ["UserName": "bob"]),
    ("CreateAccessKey", ["UserName": "eve"]),
    ("UpdateAccessKey", ["UserName": "bob", "AccessKeyId": "AKIABOBSKEYBOBSKEY01", "Status": "Active"]),
    ("CreateLoginProfile", ["UserName": "eve", "Password": "a long password 1"]),
    ("UpdateLoginProfile", ["UserName": "bob", "Password": "a long password 1"]),
    ("CreateServiceAccount", ["UserName": "bob"]),
    ("CreateServiceAccount", ["UserName": "eve"]),
    ("CreateVirtualMFADevice", ["VirtualMFADeviceName": "new"]),
    ("DeactivateMFADevice", ["UserName": "bob", "SerialNumber": "arn:aws:iam::123456789012:mfa/bob"]),
    ("PutUserPolicy", ["UserName": "bob", "PolicyName": "p", "PolicyDocument": document]),
    ("AttachUserPolicy", ["UserName": "eve", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"]),
    ("DeleteUserPolicy", ["UserName": "bob", "PolicyName": "own"]),
    ("AddUserToGroup", ["UserName": "eve", "GroupName": "team"]),
    ("PutGroupPolicy", ["GroupName": "team", "PolicyName": "p", "PolicyDocument": document]),
    ("CreatePolicy", ["PolicyName": "new", "PolicyDocument": document]),
    ("CreateRole", ["RoleName": "new", "AssumeRolePolicyDocument": trust]),
    ("UpdateAssumeRolePolicy", ["RoleName": "r", "PolicyDocument": trust]),
    ("PutRolePolicy", ["RoleName": "r", "PolicyName": "p", "PolicyDocument": document]),
    ("DeleteUserPermissionsBoundary", ["UserName": "bob"]),
    (
      "CreateOpenIDConnectProvider",
      ["Url": "https://idp.example.com", "ThumbprintList.member.1": String(repeating: "0", count: 40)]
    ),
    ("UpdateAccountKeyPolicy", [:]),
    ("DeleteAccountPasswordPolicy", [:]),
  ]

  /// What limited callers may all the same: reading, and taking credentials away.
  static let allowed: [(String, [String: String])] = [
    ("GetUser", ["UserName": "bob"]), ("ListUsers", [:]), ("ListAccessKeys", ["UserName": "bob"]),
    ("GetAccessKeyLastUsed", ["AccessKeyId": "AKIABOBSKEYBOBSKEY01"]), ("GetCredentialReport", [:]),
    ("ListSessions", [:]), ("ListServiceAccounts", ["UserName": "bob"]), ("GetAccountSummary", [:]),
    ("RevokeSessions", ["UserName": "bob"]),
    ("UpdateAccessKey", ["UserName": "bob", "AccessKeyId": "AKIABOBSKEYBOBSKEY01", "Status": "Inactive"]),
    ("DeleteAccessKey", ["UserName": "bob", "AccessKeyId": "AKIABOBSKEYBOBSKEY01"]),
    ("DeleteLoginProfile", ["UserName": "bob"]),
  ]

  private func world() async throws -> IAMHarness {
    let iam = try IAMHarness()
    try await iam.call(
      "CreateUser", ["UserName": "bob", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"])
    for user in ["eve", "other"] { try await iam.call("CreateUser", ["UserName": user]) }
    try await iam.call("CreateGroup", ["GroupName": "team"])
    try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": trust])
    try await iam.call("PutUserPolicy", ["UserName": "bob", "PolicyName": "own", "PolicyDocument": Self.document])
    try await iam.call("CreateLoginProfile", ["UserName": "bob", "Password": "a long password 0"])
    try await iam.call("UpdateAccountPasswordPolicy")
    let bob = try #require(iam.editor.table.users["bob"]?.record.uniqueID)
    var transaction = StoreTransaction()
    let seal = { (key: RecordKey, member: String) in
      try iam.editor.sealer.seal(Array("0123456789012345".utf8), owner: key, member: member)
    }
    let keyID: ByteString = "AKIABOBSKEYBOBSKEY01"
    let key = KeyRecord(
      accessKeyID: keyID, owner: .user(bob), secret: try seal(RecordKey(.accessKey, keyID), "secret"), created: 1)
    let deviceKey = MFADeviceRecord.key(name: "bob", path: "/")
    let device = MFADeviceRecord(
      name: "bob", path: "/", seed: try seal(deviceKey, "seed"), created: 1,
      assignment: MFADeviceRecord.Assignment(userID: bob, enabled: 1, drift: 0))
    transaction.changes[key.key] = .some(key.value)
    transaction.changes[device.key] = .some(device.value)
    guard case .committed(let revision) = try await iam.store.commit(transaction) else { return iam }
    try iam.editor.take(transaction.changes.map { RecordChange(key: $0.key, value: $0.value, revision: revision) })
    return iam
  }

  private func limited(_ name: String, _ document: String) throws -> [CompiledPolicy] {
    [try CompiledPolicy(parsing: document, name: name, kind: .session)]
  }

  private func acting(_ parent: IAMCaller, _ policies: [CompiledPolicy]?) -> IAMCaller {
    let id: ByteString = "AKIASERVICEACCOUNT01"
    return IAMCaller(
      parent.caller.acting(through: Caller.ServiceAccount(accessKeyID: id, policies: policies)), accessKeyID: id)
  }

  @Test func aSessionsPolicyIsNotLeftBehind() async throws {
    for (action, parameters) in Self.ways {
      let iam = try await world()
      let session = try iam.user("bob", everything, session: limited("session", everything))
      #expect(await iam.refusal(action, parameters, as: session) == .limitedCredentials, "\(action) \(parameters)")
      // Without the session's policy, and with one that limits nothing.
      let free = try iam.user("bob", everything, session: [CannedPolicy.administratorAccess.compiled])
      #expect(await iam.refusal(action, parameters, as: free) == nil, "\(action) \(parameters)")
    }
  }

  @Test func aServiceAccountsPolicyIsNotLeftBehind() async throws {
    for (action, parameters) in Self.ways {
      let iam = try await world()
      let parent = try iam.user("bob", everything)
      let account = acting(parent, try limited("account", everything))
      #expect(await iam.refusal(action, parameters, as: account) == .limitedCredentials, "\(action) \(parameters)")
      let root = acting(iam.root, try limited("account", everything))
      #expect(await iam.refusal(action, parameters, as: root) == .limitedCredentials, "\(action) \(parameters)")
    }
  }

  @Test func readingAndTakingAwayStay() async throws {
    let iam = try await world()
    let account = acting(try iam.user("bob", everything), try limited("account", everything))
    for (action, parameters) in Self.allowed {
      #expect(await iam.refusal(action, parameters, as: account) == nil, "\(action) \(parameters)")
    }
    // As far as the policy goes.
    let narrow = acting(try iam.user("bob", everything), try limited("account", allow("iam:GetUser")))
    #expect(await iam.code("ListUsers", as: narrow) == .accessDenied)
    #expect(await iam.refusal("ListUsers", as: narrow) != .limitedCredentials)
  }

  /// One without a policy ends when its parent wants, so its parent's credentials are not its to make.
  @Test func aServiceAccountMakesNoCredentialsOfItsParent() async throws {
    let iam = try await world()
    let account = acting(try iam.user("bob", everything), nil)
    for (action, parameters) in [
      ("CreateAccessKey", ["UserName": "bob"]),
      ("UpdateAccessKey", ["UserName": "bob", "AccessKeyId": "AKIABOBSKEYBOBSKEY01", "Status": "Active"]),
      ("UpdateLoginProfile", ["UserName": "bob", "Password": "a long password 1"]),
      ("UpdateLoginProfile", ["UserName": "bob", "PasswordResetRequired": "true"]),
      ("ChangePassword", ["OldPassword": "a long password 0", "NewPassword": "a long password 1"]),
      ("CreateServiceAccount", [:]), ("CreateServiceAccount", ["UserName": "bob"]),
      ("DeactivateMFADevice", ["UserName": "bob", "SerialNumber": "arn:aws:iam::123456789012:mfa/bob"]),
      (
        "ResyncMFADevice",
        [
          "UserName": "bob", "SerialNumber": "arn:aws:iam::123456789012:mfa/bob", "AuthenticationCode1": "000000",
          "AuthenticationCode2": "000001",
        ]
      ),
    ] {
      #expect(await iam.refusal(action, parameters, as: account) == .limitedCredentials, "\(action) \(parameters)")
    }
    // Of others it may, as its parent may.
    try await iam.call("CreateAccessKey", ["UserName": "eve"], as: account)
    try await iam.call("CreateServiceAccount", ["UserName": "eve"], as: account)
    // Root's: root's own devices and service accounts are no more its than they are any user's.
    let root = acting(iam.root, nil)
    #expect(await iam.refusal("CreateServiceAccount", as: root) == .limitedCredentials)
    let id = try #require(try await iam.call("CreateServiceAccount")["AccessKeyId"])
    #expect(await iam.code("GetServiceAccount", ["AccessKeyId": id], as: root) == .noSuchEntity)
    try await iam.call("GetServiceAccount", ["AccessKeyId": id])
  }

  @Test func nothingIsNamedLikeRootsKey() async throws {
    let iam = try IAMHarness()
    for name in ["AKIAROOTROOTROOTROOT", "akiarootrootrootroot"] {
      #expect(await iam.code("CreateUser", ["UserName": name]) == .entityAlreadyExists)
    }
    try await iam.call("CreateUser", ["UserName": "AKIAROOTROOTROOTROO"])
  }
}
