import Cryptography
import GatewayTesting
import HashTreeCollections
import IAM
import Identity
import IdentityStore
import S3Model
import Testing

@Suite struct AccessKeyTests {
  @Test func aKeyIsMadeDisabledAndRemoved() async throws {
    let iam = try IAMHarness()
    let bob = ["UserName": "bob"]
    try await iam.call("CreateUser", bob)
    let made = try await iam.call("CreateAccessKey", bob)
    let id = try #require(made["AccessKeyId"])
    let secret = try #require(made["SecretAccessKey"])
    #expect(id.hasPrefix("AKIA") && id.utf8.count == 20 && secret.utf8.count == 40)
    // Sealed for this record and no other.
    let record = try #require(iam.editor.table.keys[ByteString(id)]?.record)
    #expect(try iam.editor.sealer.open(record.secret, owner: record.key) == Array(secret.utf8))
    #expect(throws: CryptographyError.self) {
      try iam.editor.sealer.open(record.secret, owner: RecordKey(.accessKey, "AKIAOTHER"))
    }
    let listed = try await iam.call("ListAccessKeys", bob)
    #expect(listed.all("AccessKeyId") == [id] && listed["Status"] == "Active")
    #expect(!listed.xml.contains(secret))
    try await iam.call("CreateAccessKey", bob)
    #expect(await iam.refusal("CreateAccessKey", bob) == .limitExceeded(.accessKeysPerUser))
    try await iam.call("UpdateAccessKey", bob.merging(["AccessKeyId": id, "Status": "Inactive"]) { $1 })
    #expect(iam.editor.table.keys[ByteString(id)]?.record.isActive == false)
    #expect(
      await iam.code("UpdateAccessKey", bob.merging(["AccessKeyId": id, "Status": "Off"]) { $1 }) == .validationError)
    #expect(
      await iam.code("UpdateAccessKey", bob.merging(["AccessKeyId": id, "Status": "Expired"]) { $1 }) == .invalidInput)
    try await iam.call("CreateUser", ["UserName": "eve"])
    // A key of another user is not there.
    #expect(
      await iam.refusal("DeleteAccessKey", ["UserName": "eve", "AccessKeyId": id])
        == .noSuchEntity(.accessKey(ByteString(id))))
    try await iam.call("DeleteAccessKey", bob.merging(["AccessKeyId": id]) { $1 })
    #expect(iam.editor.table.keys[ByteString(id)] == nil)
  }

  @Test func withoutANameItIsTheCallersOwn() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let own = allow("iam:*", on: "arn:aws:iam::123456789012:user/${aws:username}")
    let bob = try iam.user("bob", own)
    #expect(try await iam.call("CreateAccessKey", as: bob)["UserName"] == "bob")
    #expect(try await iam.call("GetUser", as: bob)["UserName"] == "bob")
    #expect(try await iam.call("ListAccessKeys", as: bob).all("AccessKeyId").count == 1)
    #expect(await iam.code("CreateAccessKey", ["UserName": "eve"], as: bob) == .accessDenied)
    // Root has no user: its key is not made here, and its name is no user's.
    #expect(await iam.refusal("CreateAccessKey") == .userNameNeeded)
    #expect(try await iam.call("GetUser")["Arn"] == "arn:aws:iam::123456789012:root")
    #expect(await iam.code("CreateAccessKey", ["UserName": "root"]) == .noSuchEntity)
  }

  @Test func lastUseComesFromTheStore() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let id = try #require(try await iam.call("CreateAccessKey", ["UserName": "bob"])["AccessKeyId"])
    let never = try await iam.call("GetAccessKeyLastUsed", ["AccessKeyId": id])
    #expect(never["ServiceName"] == "N/A" && never["LastUsedDate"] == nil && never["UserName"] == "bob")
    let use = KeyUseRecord(accessKeyID: ByteString(id), time: 1_790_000_000, service: "s3", region: "us-east-1")
    var transaction = StoreTransaction()
    transaction.changes[use.key] = .some(use.value)
    _ = try await iam.store.commit(transaction)
    let used = try await iam.call("GetAccessKeyLastUsed", ["AccessKeyId": id])
    #expect(used["ServiceName"] == "s3" && used["LastUsedDate"] == "2026-09-21T14:13:20Z")
    iam.store.fault = .unreachable(reason: "test")
    #expect(await iam.code("GetAccessKeyLastUsed", ["AccessKeyId": id]) == .serviceUnavailable)
    #expect(await iam.code("CreateUser", ["UserName": "eve"]) == .serviceUnavailable)
  }

  @Test func aParentThatGoesMeanwhileTakesNoKey() async throws {
    let iam = try IAMHarness()
    try await iam.call("CreateUser", ["UserName": "bob"])
    let store = iam.store
    let gone = try #require(iam.editor.table.users["bob"])
    iam.editor.beforeNextCommit {
      var transaction = StoreTransaction()
      transaction.changes[gone.record.key] = .some(nil)
      _ = try? await store.commit(transaction)
    }
    #expect(await iam.refusal("CreateAccessKey", ["UserName": "bob"]) == .noSuchEntity(.user("bob")))
    #expect(try await iam.store.read([gone.record.key]).isEmpty)
  }
}
