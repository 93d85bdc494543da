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

  /// What somebody may have written into the store: each is refused by the member that is wrong, and nothing traps.
  @Test(
    "a record that is not one is refused",
    arguments: [
      ("", ""), ("[]", ""), ("null", ""), ("{", ""), ("{}x", ""), (#"{"name":"a","id":"AIDAX","created":1"#, ""),
      (#"{"name":"\uD800","id":"AIDAX","created":1}"#, ""),
      (String(repeating: "[", count: 100_000), ""), (#"{"name":"# + String(repeating: "[", count: 100_000), ""),
      (#"{"name":"a","id":"AIDAX","created":1,"n\u0061me":"b"}"#, ""), (#"{"id":"AIDAX","created":1}"#, "name"),
      (#"{"name":7,"id":"AIDAX","created":1}"#, "name"),
      (#"{"name":null,"id":"AIDAX","created":1}"#, "name"), (#"{"name":["a"],"id":"AIDAX","created":1}"#, "name"),
      (#"{"name":"a","id":"AIDAX"}"#, "created"), (#"{"name":"a","id":"AIDAX","created":"1"}"#, "created"),
      (#"{"name":"a","id":"AIDAX","created":1.5}"#, "created"),
      (#"{"name":"a","id":"AIDAX","created":1e3}"#, "created"),
      (#"{"name":"a","id":"AIDAX","created":9223372036854775808}"#, "created"),
      (#"{"name":"a","id":"AIDAX","created":true}"#, "created"),
      (#"{"name":"a","id":"AIDAX","created":1,"groups":"AGPAX"}"#, "groups"),
      (#"{"name":"a","id":"AIDAX","created":1,"groups":[1]}"#, "groups"),
      (#"{"name":"a","id":"AIDAX","created":1,"groups":[["AGPAX"]]}"#, "groups"),
      (#"{"name":"a","id":"AIDAX","created":1,"inline":["{}"]}"#, "inline"),
      (#"{"name":"a","id":"AIDAX","created":1,"inline":{"name":"p","document":"{}"}}"#, "inline"),
    ])
  func refusesOthers(_ document: String, _ member: String) {
    #expect(throws: RecordFault(member: member)) { try UserRecord(parsing: Array(document.utf8)) }
  }

  @Test("what is no text is refused") func refusesOtherBytes() {
    let broken = Array(#"{"name":"a"#.utf8) + [0xFF] + Array(#"","id":"AIDAX","created":1}"#.utf8)
    #expect(throws: RecordFault(member: "")) { try UserRecord(parsing: broken) }
  }

  @Test(
    "flags are booleans", arguments: ["1", "\"true\"", "null", "[]", "{}"]) func refusesOtherFlags(_ flag: String)
    throws
  {
    let sealed = try Self.sealer.seal(Array("secret".utf8), owner: RecordKey(.accessKey, "AKIAX"))
    let start = #"{"id":"AKIAX","user":"AIDAX","created":1,"secret":""# + sealed.text.text + #"","inactive":"#
    #expect(throws: RecordFault(member: "inactive")) { try KeyRecord(parsing: Array((start + flag + "}").utf8)) }
    #expect(try !KeyRecord(parsing: Array((start + "true}").utf8)).isActive)
    #expect(try KeyRecord(parsing: Array((start + "false}").utf8)).isActive)
  }

  @Test("members of another version stay unread, escapes are read")
  func readsWhatItKnows() throws {
    let document = #"""
      { "future": [{"name": "x", "deep": [[], {}]}, 1e300], "n\u0061me": "\u0041\u0000\uD83D\uDE00\n",
        "id": "AIDAX", "created": -9223372036854775808, "groups": [] , "tags": [{"key":"k","value":"\"\\\/"}] }
      """#
    let user = try UserRecord(parsing: Array(document.utf8))
    #expect(user.name == "A\0😀\n")
    #expect(user.created == .min && user.groups.isEmpty)
    #expect(user.tags == [IdentityTag(key: "k", value: #""\/"#)])
    #expect(try UserRecord(parsing: user.value) == user)
  }

  @Test("what is asked for with every request is a key's own") func facts() throws {
    let sealed = try Self.sealer.seal(Array("secret".utf8), owner: RecordKey(.accessKey, "AKIAX"))
    let parent = FederatedParent(
      subject: "s", providerID: "AIDP", roleID: "AROA", sessionName: "s", policy: nil, policyARNs: [], tags: [],
      claims: [])
    for (owner, userID, isFederated) in [
      (.user("AIDAX"), "AIDAX", false), (.root, nil, false), (.federated(parent), nil, true),
    ] as [(KeyRecord.Owner, ByteString?, Bool)] {
      for (expires, isActive) in [(nil, true), (9, false)] as [(Int64?, Bool)] {
        let key = KeyRecord(
          accessKeyID: "AKIAX", owner: owner, secret: sealed, isActive: isActive, created: 5, expires: expires,
          serviceAccount: isActive ? nil : .init())
        let facts = try KeyRecord(parsing: key.value).facts
        #expect(facts.userID == userID && facts.isFederated == isFederated && facts.created == 5)
        #expect(facts.expires == expires ?? .max && facts.isActive == isActive && facts.isServiceAccount == !isActive)
      }
    }
  }
}
