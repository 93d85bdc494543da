import Cryptography
import Foundation
import GatewayTesting
import HashTreeCollections
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import Testing

@testable import IAM

@Suite struct CredentialTests {
  let bob = ["UserName": "bob"]

  @Test func passwordsAreHashedAndChanged() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", bob)
    #expect(await iam.code("GetLoginProfile", bob) == .noSuchEntity)
    #expect(await iam.code("CreateLoginProfile", bob) == .validationError)
    #expect(await iam.code("CreateLoginProfile", bob.merging(["Password": "short"]) { $1 }) == .passwordPolicyViolation)
    try await iam.call("UpdateAccountPasswordPolicy", ["RequireNumbers": "true", "PasswordReusePrevention": "2"])
    #expect(
      await iam.code("CreateLoginProfile", bob.merging(["Password": "no numbers"]) { $1 }) == .passwordPolicyViolation)
    let made = try await iam.call("CreateLoginProfile", bob.merging(["Password": "first 1"]) { $1 })
    #expect(made["PasswordResetRequired"] == "false" && !made.xml.contains("first 1"))
    #expect(await iam.code("CreateLoginProfile", bob.merging(["Password": "first 1"]) { $1 }) == .entityAlreadyExists)
    let user = try iam.user("bob", allow("iam:ChangePassword"))
    func change(_ old: String, _ new: String) async -> S3ErrorCode? {
      await iam.code("ChangePassword", ["OldPassword": old, "NewPassword": new], as: user)
    }
    #expect(await change("wrong 1", "second 2") == .accessDenied)
    #expect(await change("first 1", "second 2") == nil)
    #expect(await change("second 2", "first 1") == .passwordPolicyViolation)
    #expect(await change("second 2", "third 3") == nil)
    iam.clock.seconds += 60
    #expect(await change("first 1", "fourth 4") == .accessDenied)
    #expect(await iam.code("ChangePassword", ["OldPassword": "a", "NewPassword": "b"]) == .accessDenied)
    try await iam.call("UpdateLoginProfile", bob.merging(["PasswordResetRequired": "true"]) { $1 })
    #expect(try await iam.call("GetLoginProfile", bob)["PasswordResetRequired"] == "true")
    try await iam.call("DeleteLoginProfile", bob)
    #expect(iam.editor.table.loginProfiles.isEmpty)
  }

  @Test func passwordsGrowOld() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", bob)
    try await iam.call("CreateLoginProfile", bob.merging(["Password": "password 0"]) { $1 })
    let user = try iam.user("bob", allow("iam:ChangePassword"))
    func change(_ old: Int, _ new: Int) async -> IAMError? {
      await iam.refusal(
        "ChangePassword", ["OldPassword": "password \(old)", "NewPassword": "password \(new)"], as: user)
    }
    try await iam.call("UpdateAccountPasswordPolicy", ["MaxPasswordAge": "1", "HardExpiry": "false"])
    iam.clock.seconds += 86_400
    // Old ones are to be changed, by their owner too.
    #expect(await change(0, 1) == nil)
    try await iam.call("UpdateAccountPasswordPolicy", ["MaxPasswordAge": "1", "HardExpiry": "true"])
    iam.clock.seconds += 86_399
    #expect(await change(1, 2) == nil)
    iam.clock.seconds += 86_400
    #expect(await change(2, 3) == .passwordExpired)
    #expect(
      await iam.code("ChangePassword", ["OldPassword": "password 2", "NewPassword": "x"], as: user) == .accessDenied)
    // Only an administrator helps.
    try await iam.call("UpdateLoginProfile", bob.merging(["Password": "password 4"]) { $1 })
    #expect(await change(4, 5) == nil)
    let report = try #require(try await iam.call("GetCredentialReport")["Content"].flatMap { Base64.decode($0) })
    let line = String(decoding: report, as: UTF8.self).split(separator: "\n")[2].split(separator: ",")
    #expect(line[5] != "N/A" && line[6] > line[5])
  }

  @Test func onlySoManyPasswordsAreHashedAtOnce() async throws {
    let threads = PasswordThreads(threads: 1, waitingMax: 2)
    let (gate, open) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let first = threads.run { () throws(IAMError) in
      open.signal()
      gate.wait()
      return 1
    }
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        open.wait()
        continuation.resume()
      }
    }
    // The first one runs and waits no more; two may wait.
    async let second = threads.run { () throws(IAMError) in 2 }
    async let third = threads.run { () throws(IAMError) in throw .oldPasswordWrong }
    while threads.waitingCount < 2 { await Task.yield() }
    await #expect(throws: IAMError.tooBusy) { try await threads.run { () throws(IAMError) in 4 } }
    gate.signal()
    #expect(try await first == 1)
    #expect(try await second == 2)
    var refusal: (any Error)?
    do { _ = try await third } catch { refusal = error }
    #expect(refusal as? IAMError == .oldPasswordWrong)
    #expect(try await threads.run { () throws(IAMError) in 5 } == 5)
    try await threads.shutdown()
  }

  @Test func serviceAccountsBelongToTheirParent() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", bob)
    try await iam.call("CreateUser", ["UserName": "eve"])
    let own = allow("iam:*ServiceAccount*", on: "arn:aws:iam::123456789012:user/${aws:username}")
    let user = try iam.user("bob", own)
    let made = try await iam.call(
      "CreateServiceAccount",
      ["Name": "backup", "Policy": allow("s3:GetObject"), "Expiration": "2030-01-01T00:00:00Z"], as: user)
    let id = try #require(made["AccessKeyId"])
    #expect(made["SecretAccessKey"]?.utf8.count == 40 && made["ParentUser"] == "bob")
    #expect(try await iam.call("ListServiceAccounts", as: user).all("AccessKeyId") == [id])
    let got = try await iam.call("GetServiceAccount", ["AccessKeyId": id], as: user)
    #expect(got["Expiration"] == "2030-01-01T00:00:00Z" && got["ImpliedPolicy"] == "false" && got["Policy"] != nil)
    #expect(got["SecretAccessKey"] == nil)
    // None of the user's own keys.
    #expect(try await iam.call("ListAccessKeys", bob).all("AccessKeyId") == [])
    let other = try iam.user("eve", own)
    #expect(await iam.code("GetServiceAccount", ["AccessKeyId": id], as: other) == .accessDenied)
    #expect(await iam.code("DeleteServiceAccount", ["AccessKeyId": id], as: other) == .accessDenied)
    #expect(await iam.code("CreateServiceAccount", bob, as: other) == .accessDenied)
    // Neither itself nor more of its kind.
    let account = try iam.user("bob", own, key: ByteString(id))
    #expect(await iam.refusal("CreateServiceAccount", as: account) == .limitedCredentials)
    #expect(
      await iam.refusal("UpdateServiceAccount", ["AccessKeyId": id, "Policy": ""], as: account) == .limitedCredentials)
    try await iam.call(
      "UpdateServiceAccount", ["AccessKeyId": id, "Policy": "", "Expiration": "", "Status": "Inactive"], as: user)
    let record = try #require(iam.editor.table.keys[ByteString(id)]?.record)
    #expect(record.expires == nil && !record.isActive && record.serviceAccount?.policy == nil)
    #expect(record.serviceAccount?.name == "backup")
    #expect(await iam.code("CreateServiceAccount", ["Expiration": "2001-01-01T00:00:00Z"], as: user) == .invalidInput)
    #expect(await iam.code("CreateServiceAccount", ["Policy": "{}"], as: user) == .malformedPolicyDocument)
    // Root's are root's alone.
    let roots = try #require(try await iam.call("CreateServiceAccount")["AccessKeyId"])
    let admin = try iam.user("eve", allow("iam:*"))
    #expect(await iam.code("DeleteServiceAccount", ["AccessKeyId": roots], as: admin) == .noSuchEntity)
    // They go with their parent.
    try await iam.call("DeleteUser", bob)
    #expect(iam.editor.table.keys[ByteString(id)] == nil)
    try await iam.call("DeleteServiceAccount", ["AccessKeyId": roots])
  }

  @Test func sessionsAreListedAndRevoked() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", bob)
    try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": trust])
    let user = try #require(iam.editor.table.users["bob"]?.record.uniqueID)
    let role = try #require(iam.editor.table.roles["r"]?.record.uniqueID)
    var transaction = StoreTransaction()
    for number in 0..<5 {
      let session = SessionRecord(
        accessKeyID: ByteString("ASIAASIAASIAASIAASI\(number)"), kind: .assumedRole, arn: "arn", principalID: user,
        roleID: number == 0 ? nil : role, issued: iam.clock.seconds * 1000 - 1000,
        expires: iam.clock.seconds + (number == 4 ? -1 : 100))
      transaction.changes[session.key] = .some(session.value)
    }
    _ = try await iam.store.commit(transaction)
    #expect(try await iam.call("ListSessions").all("AccessKeyId").count == 4)
    #expect(try await iam.call("ListSessions", ["RoleName": "r"]).all("AccessKeyId").count == 3)
    let page = try await iam.call("ListSessions", ["MaxItems": "3"])
    #expect(page.all("AccessKeyId").count == 3 && page["IsTruncated"] == "true")
    let rest = try await iam.call("ListSessions", ["Marker": #require(page["Marker"])])
    #expect(rest.all("AccessKeyId") == ["ASIAASIAASIAASIAASI3"])
    try await iam.call("RevokeSessions", ["RoleName": "r"])
    #expect(try await iam.call("ListSessions").all("IsRevoked") == ["false", "true", "true", "true"])
    try await iam.call("RevokeSessions", ["SessionAccessKeyId": "ASIAASIAASIAASIAASI0"])
    #expect(try await iam.call("ListSessions").all("IsRevoked") == ["true", "true", "true", "true"])
    // An earlier time takes nothing back.
    try await iam.call("RevokeSessions", ["RoleName": "r", "IssuedBefore": "2020-01-01T00:00:00Z"])
    #expect(try await iam.call("ListSessions").all("IsRevoked").contains("false") == false)
    #expect(await iam.code("RevokeSessions") == .invalidInput)
    #expect(await iam.code("RevokeSessions", ["RoleName": "r", "UserName": "bob"]) == .invalidInput)
    #expect(await iam.code("RevokeSessions", ["RoleName": "r", "IssuedBefore": "2040-01-01"]) == .invalidInput)
    let admin = try iam.user("eve", allow("iam:RevokeSessions", on: "arn:aws:iam::123456789012:user/*"))
    try await iam.call("RevokeSessions", bob, as: admin)
    #expect(await iam.code("RevokeSessions", ["RoleName": "r"], as: admin) == .accessDenied)
  }

  @Test func theCredentialReportHasALineForEach() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", bob)
    try await iam.call("CreateAccessKey", bob)
    #expect(try await iam.call("GenerateCredentialReport")["State"] == "COMPLETE")
    let report = try await iam.call("GetCredentialReport")
    let content = try #require(report["Content"].flatMap { Base64.decode($0) })
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.count == 3 && lines.allSatisfy { $0.count == 22 })
    #expect(lines[1][0] == "<root_account>" && lines[2][0] == "bob" && lines[2][8] == "true" && lines[2][13] == "false")
  }
}
