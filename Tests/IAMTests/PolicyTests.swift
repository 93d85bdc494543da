import IAM
import S3Model
import Testing

@Suite struct PolicyTests {
  let arn = "arn:aws:iam::123456789012:policy/ops/read"

  func made() async throws -> IAMHarness {
    let iam = try IAMHarness()
    let answer = try await iam.call(
      "CreatePolicy", ["PolicyName": "read", "Path": "/ops/", "PolicyDocument": allow("s3:Get*"), "Description": "d"])
    #expect(answer["Arn"] == arn && answer["DefaultVersionId"] == "v1" && answer["AttachmentCount"] == "0")
    return iam
  }

  @Test func versionsComeAndGo() async throws {
    let iam = try await made()
    for number in 2...5 {
      let answer = try await iam.call(
        "CreatePolicyVersion",
        ["PolicyArn": arn, "PolicyDocument": allow("s3:List*"), "SetAsDefault": number == 3 ? "true" : "false"])
      #expect(answer["VersionId"] == "v\(number)" && answer["IsDefaultVersion"] == "\(number == 3)")
    }
    #expect(
      await iam.refusal("CreatePolicyVersion", ["PolicyArn": arn, "PolicyDocument": allow("s3:*")])
        == .limitExceeded(.versionsPerPolicy))
    #expect(try await iam.call("GetPolicy", ["PolicyArn": arn])["DefaultVersionId"] == "v3")
    let version = try await iam.call("GetPolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
    #expect(version["Document"]?.hasPrefix("%7B%22Version%22%3A%222012-10-17%22") == true)
    #expect(
      await iam.refusal("DeletePolicyVersion", ["PolicyArn": arn, "VersionId": "v3"])
        == .deleteConflict(.defaultVersion))
    try await iam.call("DeletePolicyVersion", ["PolicyArn": arn, "VersionId": "v1"])
    #expect(await iam.code("GetPolicyVersion", ["PolicyArn": arn, "VersionId": "v1"]) == .noSuchEntity)
    // Numbers are not used again.
    #expect(
      try await iam.call("CreatePolicyVersion", ["PolicyArn": arn, "PolicyDocument": allow("s3:*")])["VersionId"]
        == "v6")
    let page = try await iam.call("ListPolicyVersions", ["PolicyArn": arn, "MaxItems": "3"])
    #expect(page.all("VersionId") == ["v6", "v5", "v4"] && page["IsTruncated"] == "true")
    let rest = try await iam.call("ListPolicyVersions", ["PolicyArn": arn, "Marker": #require(page["Marker"])])
    #expect(rest.all("VersionId") == ["v3", "v2"] && rest["IsTruncated"] == "false")
    try await iam.call("SetDefaultPolicyVersion", ["PolicyArn": arn, "VersionId": "v2"])
    #expect(await iam.refusal("DeletePolicy", ["PolicyArn": arn]) == .deleteConflict(.severalVersions))
    for number in 3...6 { try await iam.call("DeletePolicyVersion", ["PolicyArn": arn, "VersionId": "v\(number)"]) }
    try await iam.call("DeletePolicy", ["PolicyArn": arn])
    #expect(await iam.code("GetPolicy", ["PolicyArn": arn]) == .noSuchEntity)
  }

  @Test func anAttachedPolicyStays() async throws {
    let iam = try await made()
    try await iam.call("CreateGroup", ["GroupName": "g"])
    try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": trust])
    try await iam.call("CreateUser", ["UserName": "u", "PermissionsBoundary": arn])
    try await iam.call("AttachGroupPolicy", ["GroupName": "g", "PolicyArn": arn])
    try await iam.call("AttachRolePolicy", ["RoleName": "r", "PolicyArn": arn])
    try await iam.call("AttachRolePolicy", ["RoleName": "r", "PolicyArn": arn])
    let policy = try await iam.call("GetPolicy", ["PolicyArn": arn])
    #expect(policy["AttachmentCount"] == "2" && policy["PermissionsBoundaryUsageCount"] == "1")
    let entities = try await iam.call("ListEntitiesForPolicy", ["PolicyArn": arn])
    #expect(entities["GroupName"] == "g" && entities["RoleName"] == "r" && entities["UserName"] == "u")
    let users = try await iam.call(
      "ListEntitiesForPolicy", ["PolicyArn": arn, "PolicyUsageFilter": "PermissionsPolicy", "EntityFilter": "Role"])
    #expect(users["GroupName"] == nil && users["UserName"] == nil && users["RoleName"] == "r")
    #expect(await iam.refusal("DeletePolicy", ["PolicyArn": arn]) == .deleteConflict(.attachedPolicy))
    try await iam.call("DetachGroupPolicy", ["GroupName": "g", "PolicyArn": arn])
    try await iam.call("DetachRolePolicy", ["RoleName": "r", "PolicyArn": arn])
    #expect(await iam.refusal("DetachRolePolicy", ["RoleName": "r", "PolicyArn": arn])?.answer.code == .noSuchEntity)
    #expect(await iam.refusal("DeletePolicy", ["PolicyArn": arn]) == .deleteConflict(.boundaryInUse))
    try await iam.call("DeleteUserPermissionsBoundary", ["UserName": "u"])
    try await iam.call("DeletePolicy", ["PolicyArn": arn])
  }

  @Test func policiesAreListedByScopeAndUse() async throws {
    let iam = try await made()
    #expect(try await iam.call("ListPolicies", ["Scope": "Local"]).all("PolicyName") == ["read"])
    #expect(try await iam.call("ListPolicies", ["Scope": "AWS"]).all("PolicyName").contains("AdministratorAccess"))
    #expect(try await iam.call("ListPolicies").all("PolicyName").count == 7)
    #expect(try await iam.call("ListPolicies", ["OnlyAttached": "true"]).all("PolicyName") == [])
    #expect(try await iam.call("ListPolicies", ["PathPrefix": "/ops/"]).all("PolicyName") == ["read"])
    #expect(await iam.code("ListPolicies", ["Scope": "Mine"]) == .validationError)
    #expect(await iam.code("ListPolicies", ["OnlyAttached": "perhaps"]) == .invalidParameterValue)
    try await iam.call("CreateUser", ["UserName": "u"])
    try await iam.call(
      "PutUserPermissionsBoundary",
      ["UserName": "u", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"])
    #expect(
      try await iam.call("ListPolicies", ["PolicyUsageFilter": "PermissionsBoundary"]).all("PolicyName")
        == ["ReadOnlyAccess"])
  }

  @Test func cannedPoliciesAreNobodysToChange() async throws {
    let iam = try IAMHarness()
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    #expect(try await iam.call("GetPolicy", ["PolicyArn": admin])["PolicyName"] == "AdministratorAccess")
    #expect(await iam.code("DeletePolicy", ["PolicyArn": admin]) == .unmodifiableEntity)
    #expect(
      await iam.code("CreatePolicy", ["PolicyName": "administratoraccess", "PolicyDocument": allow("*")])
        == .entityAlreadyExists)
  }

  @Test func documentsAreCheckedAndBounded() async throws {
    let iam = try IAMHarness()
    #expect(await iam.code("CreatePolicy", ["PolicyName": "p", "PolicyDocument": "{}"]) == .malformedPolicyDocument)
    #expect(await iam.code("CreatePolicy", ["PolicyName": "p", "PolicyDocument": trust]) == .malformedPolicyDocument)
    let long = allow("s3:Get*", on: "arn:aws:s3:::" + String(repeating: "b", count: 6200))
    #expect(
      await iam.refusal("CreatePolicy", ["PolicyName": "p", "PolicyDocument": long]) == .limitExceeded(.policySize))
    // White space does not count.
    let wide = allow("s3:Get*").replacing(",", with: ",\n" + String(repeating: " ", count: 3000))
    try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": wide])
    try await iam.call("CreateUser", ["UserName": "u"])
    let kilobyte = allow("s3:Get*", on: "arn:aws:s3:::" + String(repeating: "b", count: 1100))
    try await iam.call("PutUserPolicy", ["UserName": "u", "PolicyName": "a", "PolicyDocument": kilobyte])
    #expect(
      await iam.refusal("PutUserPolicy", ["UserName": "u", "PolicyName": "b", "PolicyDocument": kilobyte])
        == .limitExceeded(.inlinePolicySize(holder: "user", name: "u")))
    try await iam.call("PutUserPolicy", ["UserName": "u", "PolicyName": "a", "PolicyDocument": kilobyte])
    #expect(try await iam.call("ListUserPolicies", ["UserName": "u"]).all("member") == ["a"])
    #expect(
      try await iam.call("GetUserPolicy", ["UserName": "u", "PolicyName": "a"])["PolicyDocument"]?.contains("%7B")
        == true)
    for number in 0..<10 {
      try await iam.call("CreatePolicy", ["PolicyName": "p\(number)", "PolicyDocument": allow("s3:*")])
      try await iam.call(
        "AttachUserPolicy", ["UserName": "u", "PolicyArn": "arn:aws:iam::123456789012:policy/p\(number)"])
    }
    #expect(
      await iam.refusal("AttachUserPolicy", ["UserName": "u", "PolicyArn": "arn:aws:iam::123456789012:policy/p"])
        == .limitExceeded(.policiesPerUser))
    #expect(
      await iam.code("AttachUserPolicy", ["UserName": "u", "PolicyArn": "arn:aws:iam::123456789012:policy/none"])
        == .noSuchEntity)
  }
}
