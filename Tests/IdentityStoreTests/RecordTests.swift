import Cryptography
import IdentityStore
import S3Model
import Testing

@Suite("Records") struct RecordTests {
  static let sealer: SecretSealer = {
    do throws(CryptographyError) {
      let key = try AESGCMKey(Array(0..<32))
      return SecretSealer(sealingKeyID: "ring-1", sealingKey: key) { $0 == "ring-1" ? key : nil }
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  @Test("a record reads back as it was written") func roundTrip() throws {
    let user = UserRecord(
      name: "Alice", path: "/team/", uniqueID: "AIDAX", created: 5, groups: ["AGPAX"],
      policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], inline: [InlinePolicy(name: "p", document: "{\"ü\":1}")],
      boundary: "arn:aws:iam::000000000000:policy/b", tags: [IdentityTag(key: "k", value: "")])
    #expect(try UserRecord(parsing: user.value) == user)
    #expect(user.key == RecordKey("user/alice"))
    #expect(throws: RecordFault(member: "id")) { try UserRecord(parsing: Array(#"{"name":"a","created":1}"#.utf8)) }
    let key = KeyRecord(
      accessKeyID: "AKIAX", owner: .user("AIDAX"),
      secret: try Self.sealer.seal(Array("secret".utf8), owner: RecordKey(.accessKey, "AKIAX")), created: 5,
      expires: 9, serviceAccount: .init(name: "ci", policy: "{}"))
    #expect(try KeyRecord(parsing: key.value) == key)
  }

  @Test("a sealed secret opens for its own record only") func binding() throws {
    let own = RecordKey(.accessKey, "AKIA1")
    let sealed = try Self.sealer.seal(Array("secret".utf8), owner: own)
    #expect(try Self.sealer.open(sealed, owner: own) == Array("secret".utf8))
    #expect(throws: CryptographyError.authenticationFailed) {
      try Self.sealer.open(sealed, owner: RecordKey(.accessKey, "AKIA2"))
    }
    #expect(throws: CryptographyError.authenticationFailed) {
      try Self.sealer.open(sealed, owner: own, member: "other")
    }
    #expect(try SealedSecret(text: sealed.text) == sealed)
  }
}
