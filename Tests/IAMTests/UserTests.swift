import GatewayTesting
import IAM
import Identity
import IdentityStore
import S3Model
import Testing

@Suite struct UserTests {
  @Test func aUserIsMadeFoundRenamedAndRemoved() async throws {
    let iam = try IAMHarness()
    let made = try await iam.call("CreateUser", ["UserName": "Bob", "Path": "/ops/"])
    #expect(made["UserName"] == "Bob")
    #expect(made["Arn"] == "arn:aws:iam::123456789012:user/ops/Bob")
    #expect(made["CreateDate"] == "2026-09-21T14:13:20Z")
    let id = try #require(made["UserId"])
    #expect(id.hasPrefix("AIDA") && id.utf8.count == 21)
    #expect(
      made.xml.contains("<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateUserResult>"))
    #expect(made["RequestId"] == "r")
    #expect(try await iam.call("GetUser", ["UserName": "Bob"])["UserId"] == id)
    // Another spelling is another name, and taken all the same.
    #expect(await iam.refusal("GetUser", ["UserName": "bob"]) == .noSuchEntity(.user("bob")))
    #expect(await iam.refusal("CreateUser", ["UserName": "bOb"]) == .entityAlreadyExists(.user("bOb")))
    #expect(await iam.refusal("CreateUser", ["UserName": "akiarootrootrootroot"])?.answer.code == .entityAlreadyExists)
    try await iam.call("UpdateUser", ["UserName": "Bob", "NewUserName": "bob", "NewPath": "/"])
    try await iam.call("UpdateUser", ["UserName": "bob", "NewUserName": "Robert"])
    let renamed = try await iam.call("GetUser", ["UserName": "Robert"])
    #expect(renamed["UserId"] == id && renamed["Arn"] == "arn:aws:iam::123456789012:user/Robert")
    #expect(await iam.code("GetUser", ["UserName": "bob"]) == .noSuchEntity)
    let deleted = try await iam.call("DeleteUser", ["UserName": "Robert"])
    #expect(!deleted.xml.contains("DeleteUserResult"))
    #expect(await iam.code("DeleteUser", ["UserName": "Robert"]) == .noSuchEntity)
    // Made anew it is somebody else.
    #expect(try await iam.call("CreateUser", ["UserName": "Bob"])["UserId"] != id)
  }

  @Test func aUserWithSomethingLeftStays() async throws {
    let iam = try IAMHarness()
    let user = ["UserName": "bob"]
    try await iam.call("CreateUser", user)
    try await iam.call("CreateGroup", ["GroupName": "ops"])
    let read = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    let key = try #require(try await iam.call("CreateAccessKey", user)["AccessKeyId"])
    try await iam.call("AttachUserPolicy", user.merging(["PolicyArn": read]) { $1 })
    try await iam.call("PutUserPolicy", user.merging(["PolicyName": "p", "PolicyDocument": allow("s3:*")]) { $1 })
    try await iam.call("AddUserToGroup", user.merging(["GroupName": "ops"]) { $1 })
    #expect(await iam.refusal("DeleteUser", user) == .deleteConflict(.attachedPolicies))
    try await iam.call("DetachUserPolicy", user.merging(["PolicyArn": read]) { $1 })
    #expect(await iam.refusal("DeleteUser", user) == .deleteConflict(.inlinePolicies))
    try await iam.call("DeleteUserPolicy", user.merging(["PolicyName": "p"]) { $1 })
    #expect(await iam.refusal("DeleteUser", user) == .deleteConflict(.groups))
    try await iam.call("RemoveUserFromGroup", user.merging(["GroupName": "ops"]) { $1 })
    #expect(await iam.refusal("DeleteUser", user) == .deleteConflict(.accessKeys))
    try await iam.call("DeleteAccessKey", user.merging(["AccessKeyId": key]) { $1 })
    try await iam.call("DeleteUser", user)
    #expect(iam.editor.table.users.isEmpty)
  }

  @Test func usersAreListedByPathInPages() async throws {
    let iam = try IAMHarness()
    for number in 0..<25 {
      try await iam.call("CreateUser", ["UserName": "u\(number)", "Path": number % 5 == 0 ? "/five/" : "/other/"])
    }
    let five = try await iam.call("ListUsers", ["PathPrefix": "/five/"])
    #expect(five.all("UserName") == ["u0", "u10", "u15", "u20", "u5"])
    #expect(five["IsTruncated"] == "false" && five["Marker"] == nil)
    var names: [String] = []
    var marker: String?
    repeat {
      var parameters = ["MaxItems": "7"]
      parameters["Marker"] = marker
      let page = try await iam.call("ListUsers", parameters)
      names += page.all("UserName")
      marker = page["Marker"]
      #expect(page["IsTruncated"] == (marker == nil ? "false" : "true"))
    } while marker != nil
    #expect(names.count == 25 && Set(names).count == 25)
    for bad in ["!", "é", "   ", "=="] {
      #expect(await iam.code("ListUsers", ["Marker": bad]) == .validationError, "\(bad)")
    }
    #expect(await iam.code("ListUsers", ["MaxItems": "0"]) == .validationError)
    #expect(await iam.code("ListUsers", ["MaxItems": "1001"]) == .validationError)
    #expect(await iam.code("ListUsers", ["MaxItems": "many"]) == .invalidParameterValue)
  }

  @Test func tagsComeAndGo() async throws {
    let iam = try IAMHarness()
    try await iam.call(
      "CreateUser", ["UserName": "bob", "Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"])
    try await iam.call(
      "TagUser",
      [
        "UserName": "bob", "Tags.member.1.Key": "TEAM", "Tags.member.1.Value": "red", "Tags.member.2.Key": "x",
        "Tags.member.2.Value": "",
      ])
    let tags = try await iam.call("ListUserTags", ["UserName": "bob"])
    #expect(tags.all("Key") == ["team", "x"] && tags.all("Value") == ["red", ""])
    try await iam.call("UntagUser", ["UserName": "bob", "TagKeys.member.1": "X"])
    #expect(try await iam.call("GetUser", ["UserName": "bob"]).all("Key") == ["team"])
    #expect(await iam.code("TagUser", ["UserName": "bob"]) == .validationError)
    let reserved = ["UserName": "bob", "Tags.member.1.Key": "aws:x", "Tags.member.1.Value": "1"]
    #expect(await iam.code("TagUser", reserved) == .invalidInput)
    let many = Dictionary(
      uniqueKeysWithValues: (1...51).flatMap { [("Tags.member.\($0).Key", "k\($0)"), ("Tags.member.\($0).Value", "")] })
    #expect(await iam.code("TagUser", many.merging(["UserName": "bob"]) { $1 }) == .validationError)
  }

  @Test func everyViolationIsToldAtOnce() async throws {
    let iam = try IAMHarness()
    let refusal = await iam.refusal("CreateUser", ["UserName": "a b", "Path": "x", "PermissionsBoundary": "short"])
    #expect(refusal?.answer.code == .validationError)
    let message = try #require(refusal?.answer.message)
    #expect(message.hasPrefix("3 validation errors detected: "))
    #expect(
      message.contains(
        #"Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+"#
      ))
    #expect(await iam.refusal("NoSuchThing")?.answer.code == .invalidAction)
    #expect(await iam.refusal("CreateSAMLProvider")?.answer.code == .notImplemented)
    #expect(await iam.refusal("PassRole")?.answer.code == .invalidAction)
  }

  @Test func aDeclaredUserIsReadOnly() async throws {
    let declared = UserRecord(name: "git", uniqueID: "AIDADECLARED", created: 0)
    let iam = try IAMHarness(declared: [declared])
    #expect(try await iam.call("GetUser", ["UserName": "git"])["UserId"] == "AIDADECLARED")
    for (action, more) in [
      ("DeleteUser", [:]), ("UpdateUser", ["NewPath": "/x/"]),
      ("PutUserPolicy", ["PolicyName": "p", "PolicyDocument": allow("s3:*")]),
      ("TagUser", ["Tags.member.1.Key": "a", "Tags.member.1.Value": "b"]),
    ] {
      let refusal = await iam.refusal(action, more.merging(["UserName": "git"]) { $1 })
      #expect(refusal == .declared(.user("git")), "\(action)")
      #expect(refusal?.answer.code == .unmodifiableEntity)
    }
    #expect(await iam.code("CreateUser", ["UserName": "GIT"]) == .entityAlreadyExists)
    #expect(iam.store.commits == 0)
  }
}
