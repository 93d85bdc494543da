import GatewayTesting
import IAM
import Identity
import S3Model
import Testing

@Suite struct SimulationTests {
  @Test func customPoliciesAreDecidedAndExplained() async throws {
    let iam = try IAMHarness()
    let policy = """
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*",
         "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}
      ]}
      """
    let answer = try await iam.call(
      "SimulateCustomPolicy",
      [
        "PolicyInputList.member.1": policy, "ActionNames.member.1": "s3:GetObject",
        "ActionNames.member.2": "s3:PutObject",
        "ResourceArns.member.1": "arn:aws:s3:::b/a", "ResourceArns.member.2": "arn:aws:s3:::b/secret",
      ])
    #expect(answer.all("EvalDecision") == ["allowed", "explicitDeny", "implicitDeny", "explicitDeny"])
    let first = try #require(answer.all("MatchedStatements").first)
    #expect(first.contains("<SourcePolicyId>PolicyInputList.1</SourcePolicyId>"))
    #expect(first.contains("<StartPosition><Line>2</Line><Column>2</Column></StartPosition>"))
    #expect(first.contains("<EndPosition><Line>2</Line><Column>79</Column></EndPosition>"))
    #expect(answer.xml.contains("<member>aws:PrincipalTag/team</member>"))
    let given = try await iam.call(
      "SimulateCustomPolicy",
      [
        "PolicyInputList.member.1": policy, "ActionNames.member.1": "s3:PutObject",
        "ContextEntries.member.1.ContextKeyName": "aws:PrincipalTag/team",
        "ContextEntries.member.1.ContextKeyType": "string",
        "ContextEntries.member.1.ContextKeyValues.member.1": "blue", "ResourceArns.member.1": "arn:aws:s3:::b/a",
      ])
    #expect(given.all("EvalDecision") == ["allowed"] && given["MissingContextValues"] == "")
    let bounded = try await iam.call(
      "SimulateCustomPolicy",
      [
        "PolicyInputList.member.1": allow("s3:*"), "ActionNames.member.1": "s3:PutObject",
        "PermissionsBoundaryPolicyInputList.member.1": allow("s3:Get*"),
      ])
    #expect(bounded["EvalDecision"] == "implicitDeny" && bounded["AllowedByPermissionsBoundary"] == "false")
    #expect(
      try await iam.call("GetContextKeysForCustomPolicy", ["PolicyInputList.member.1": policy]).all("member") == [
        "aws:PrincipalTag/team"
      ])
    for (name, bad) in [
      ("ActionNames.member.1", "s3:Nothing"), ("ResourceArns.member.1", "nowhere"), ("PolicyInputList.member.1", "{}"),
    ] {
      let parameters = ["PolicyInputList.member.1": policy, "ActionNames.member.1": "s3:GetObject"]
      #expect(await iam.code("SimulateCustomPolicy", parameters.merging([name: bad]) { $1 }) == .invalidInput, "\(bad)")
    }
  }

  @Test func aPrincipalIsSimulatedWithItsGroupsAndBoundary() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateGroup", ["GroupName": "g"])
    try await iam.call("CreateUser", ["UserName": "bob"])
    try await iam.call("AddUserToGroup", ["GroupName": "g", "UserName": "bob"])
    try await iam.call("PutGroupPolicy", ["GroupName": "g", "PolicyName": "p", "PolicyDocument": allow("s3:*")])
    let asked = ["PolicySourceArn": "arn:aws:iam::123456789012:user/bob", "ActionNames.member.1": "s3:PutObject"]
    #expect(try await iam.call("SimulatePrincipalPolicy", asked)["EvalDecision"] == "allowed")
    try await iam.call(
      "PutUserPermissionsBoundary",
      ["UserName": "bob", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"])
    #expect(try await iam.call("SimulatePrincipalPolicy", asked)["EvalDecision"] == "implicitDeny")
    #expect(
      await iam.code(
        "SimulatePrincipalPolicy", asked.merging(["PolicySourceArn": "arn:aws:iam::123456789012:user/eve"]) { $1 })
        == .noSuchEntity)
  }

  @Test func authorizationDetailsComeInPages() async throws {
    let iam = try IAMHarness()
    for number in 0..<3 {
      try await iam.call("CreateUser", ["UserName": "u\(number)"])
      try await iam.call("CreateGroup", ["GroupName": "g\(number)"])
      try await iam.call("CreateRole", ["RoleName": "r\(number)", "AssumeRolePolicyDocument": trust])
      try await iam.call("CreatePolicy", ["PolicyName": "p\(number)", "PolicyDocument": allow("s3:*")])
    }
    for items in 1...13 {
      var seen: [String] = []
      var marker: String?
      var pages = 0
      repeat {
        var parameters = ["MaxItems": "\(items)"]
        parameters["Marker"] = marker
        let page = try await iam.call("GetAccountAuthorizationDetails", parameters)
        let here = page.all("UserName") + page.all("GroupName") + page.all("RoleName") + page.all("PolicyName")
        #expect(here.count <= items)
        seen += here
        marker = page["Marker"]
        pages += 1
      } while marker != nil && pages < 20
      #expect(seen.count == 12 && Set(seen).count == 12, "\(items)")
    }
    let users = try await iam.call("GetAccountAuthorizationDetails", ["Filter.member.1": "User"])
    #expect(users.all("UserName").count == 3 && users["RoleName"] == nil)
    #expect(await iam.code("GetAccountAuthorizationDetails", ["Filter.member.1": "Dog"]) == .validationError)
  }
}
