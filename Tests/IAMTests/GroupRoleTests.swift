import GatewayTesting
import IAM
import Identity
import IdentityStore
import S3Model
import Testing

@Suite struct GroupRoleTests {
  @Test func membersComeAndGo() async throws {
    let iam = try IAMHarness()
    let made = try await iam.call("CreateGroup", ["GroupName": "Ops", "Path": "/x/"])
    #expect(made["Arn"] == "arn:aws:iam::123456789012:group/x/Ops" && made["GroupId"]?.hasPrefix("AGPA") == true)
    #expect(await iam.code("CreateGroup", ["GroupName": "oPS"]) == .entityAlreadyExists)
    for name in ["a", "b", "c"] {
      try await iam.call("CreateUser", ["UserName": name])
      try await iam.call("AddUserToGroup", ["GroupName": "Ops", "UserName": name])
    }
    let first = try await iam.call("GetGroup", ["GroupName": "Ops", "MaxItems": "2"])
    #expect(first.all("UserName") == ["a", "b"])
    let second = try await iam.call("GetGroup", ["GroupName": "Ops", "Marker": #require(first["Marker"])])
    #expect(second.all("UserName") == ["c"])
    #expect(try await iam.call("ListGroupsForUser", ["UserName": "a"])["GroupName"] == "Ops")
    #expect(await iam.refusal("DeleteGroup", ["GroupName": "Ops"]) == .deleteConflict(.members))
    try await iam.call("UpdateGroup", ["GroupName": "Ops", "NewGroupName": "Dev"])
    // Members stay: they are of the group, not of its name.
    #expect(try await iam.call("GetGroup", ["GroupName": "Dev"]).all("UserName") == ["a", "b", "c"])
    for name in ["a", "b", "c"] {
      try await iam.call("RemoveUserFromGroup", ["GroupName": "Dev", "UserName": name])
    }
    #expect(await iam.code("RemoveUserFromGroup", ["GroupName": "Dev", "UserName": "a"]) == .noSuchEntity)
    try await iam.call("DeleteGroup", ["GroupName": "Dev"])
    #expect(try await iam.call("ListGroups").all("GroupName") == [])
    for number in 0..<11 { try await iam.call("CreateGroup", ["GroupName": "g\(number)"]) }
    for number in 0..<10 { try await iam.call("AddUserToGroup", ["GroupName": "g\(number)", "UserName": "a"]) }
    #expect(
      await iam.refusal("AddUserToGroup", ["GroupName": "g10", "UserName": "a"]) == .limitExceeded(.groupsPerUser))
  }

  @Test func aRoleIsMadeChangedAndRemoved() async throws {
    let iam = try IAMHarness()
    let made = try await iam.call(
      "CreateRole",
      ["RoleName": "reader", "AssumeRolePolicyDocument": trust, "Description": "reads", "MaxSessionDuration": "7200"])
    #expect(made["RoleId"]?.hasPrefix("AROA") == true && made["MaxSessionDuration"] == "7200")
    #expect(made["Arn"] == "arn:aws:iam::123456789012:role/reader")
    #expect(
      await iam.code("CreateRole", ["RoleName": "READER", "AssumeRolePolicyDocument": trust]) == .entityAlreadyExists)
    #expect(
      await iam.code("CreateRole", ["RoleName": "x", "AssumeRolePolicyDocument": allow("s3:*")])
        == .malformedPolicyDocument)
    #expect(
      await iam.code("CreateRole", ["RoleName": "x", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": "60"])
        == .validationError)
    let updated = try await iam.call("UpdateRole", ["RoleName": "reader", "MaxSessionDuration": "3600"])
    #expect(updated.xml.contains("<UpdateRoleResult></UpdateRoleResult>"))
    #expect(try await iam.call("GetRole", ["RoleName": "reader"])["Description"] == nil)
    #expect(
      try await iam.call("UpdateRoleDescription", ["RoleName": "reader", "Description": "again"])["Description"]
        == "again")
    let other = trust.replacing("123456789012", with: "000000000000")
    try await iam.call("UpdateAssumeRolePolicy", ["RoleName": "reader", "PolicyDocument": other])
    #expect(iam.editor.table.roles["reader"]?.record.trustPolicy.text == other)
    #expect(
      await iam.code("UpdateAssumeRolePolicy", ["RoleName": "reader", "PolicyDocument": "[]"])
        == .malformedPolicyDocument)
    try await iam.call("PutRolePolicy", ["RoleName": "reader", "PolicyName": "p", "PolicyDocument": allow("s3:*")])
    #expect(await iam.refusal("DeleteRole", ["RoleName": "reader"]) == .deleteConflict(.inlinePolicies))
    try await iam.call("DeleteRolePolicy", ["RoleName": "reader", "PolicyName": "p"])
    try await iam.call("DeleteRole", ["RoleName": "reader"])
    #expect(try await iam.call("ListRoles").all("RoleName") == [])
  }
}
