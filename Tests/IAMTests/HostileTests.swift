import IAM
import S3Model
import Testing

/// Every action with parameters that are wrong in every way: an answer of AWS's, never a failure of ours.
@Suite struct HostileTests {
  static let names = [
    "UserName", "NewUserName", "GroupName", "NewGroupName", "RoleName", "PolicyName", "PolicyArn", "PolicyDocument",
    "Path", "NewPath", "PathPrefix", "Marker", "MaxItems", "AccessKeyId", "Status", "SerialNumber",
    "AuthenticationCode1", "AuthenticationCode2", "VirtualMFADeviceName", "PermissionsBoundary", "Description",
    "MaxSessionDuration", "AssumeRolePolicyDocument", "VersionId", "SetAsDefault", "Scope", "OnlyAttached",
    "PolicyUsageFilter", "EntityFilter", "Url", "ClientID", "OpenIDConnectProviderArn", "AccountAlias", "Password",
    "OldPassword", "NewPassword", "PasswordResetRequired", "Tags.member.1.Key", "Tags.member.1.Value",
    "TagKeys.member.1", "ClientIDList.member.1", "ThumbprintList.member.1", "ActionNames.member.1",
    "ResourceArns.member.1", "PolicyInputList.member.1", "PolicySourceArn", "CallerArn", "ResourcePolicy",
    "ContextEntries.member.1.ContextKeyName", "ContextEntries.member.1.ContextKeyType",
    "ContextEntries.member.1.ContextKeyValues.member.1", "Filter.member.1", "MinimumPasswordLength", "MaxPasswordAge",
    "MaxKeyAge", "Policy", "Name", "Expiration", "SessionAccessKeyId", "IssuedBefore", "AssignmentStatus",
  ]

  static let values = [
    "", " ", "a", "-1", "99999999999999999999", "true", "null", "\u{0}", "\u{FFFF}", "é", "e\u{301}", "💥", "a/../b",
    "*", "arn:", "arn:aws:iam::123456789012:user/", "arn:aws:iam::123456789012:mfa/", "arn:aws:iam::aws:policy/",
    "arn:aws:iam::123456789012:policy/x/y", "arn:aws:iam::123456789012:oidc-provider/", "{", "[]", "{\"Statement\":[]}",
    "%00", "v0", "v99999999999999999999999", "<x>&", String(repeating: "a", count: 70_000),
  ]

  @Test func nothingBreaks() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "a"])
    var asked = 0
    for action in IAMRequest.servedActions {
      var parameters: [String: String] = [:]
      func ask() async {
        asked += 1
        if let error = await iam.refusal(action.text, parameters) {
          #expect(error.answer.code.status < 500, "\(action) \(error)")
        }
      }
      await ask()
      for value in Self.values {
        parameters = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, value) })
        await ask()
      }
      // Lists with gaps, members without an end, numbers that are none.
      for name in [
        "Tags.member.2.Key", "Tags.member.0.Key", "Tags.member.x.Key", "Tags.1.Key", "Tags", "TagKeys.member.3",
      ] {
        parameters = ["UserName": "a", name: "x"]
        await ask()
      }
    }
    #expect(asked == IAMRequest.servedActions.count * (Self.values.count + 7))
  }
}
