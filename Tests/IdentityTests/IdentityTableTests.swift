import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import Testing

@Suite("Identity table") struct IdentityTableTests {
  @Test("a sorted map keeps order through many changes and leaves copies alone") func sortedMap() {
    var map = SortedMap<Int>()
    var model: [ByteString: Int] = [:]
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = ByteString("k\((state >> 33) % 3000)")
      let value = (state >> 20) & 3 == 0 ? nil : Int(state >> 40)
      map[key] = value
      model[key] = value
    }
    #expect(map.keys == model.keys.sorted())
    #expect(map.count == model.count)
    #expect(model.allSatisfy { map[$0.key] == $0.value })
    let copy = map
    for key in model.keys { map[key] = nil }
    #expect(map.isEmpty && copy.count == model.count)
    var first: ByteString?
    copy.forEach(from: "k15") { key, _ in
      first = key
      return false
    }
    #expect(first == model.keys.filter { !($0 < "k15") }.min())
  }

  @Test("indexes follow records; declared ones stay") func indexes() throws {
    let account = try #require(AccountID("000000000000"))
    var table = IdentityTable(account: account)
    let policy: ByteString = "arn:aws:iam::000000000000:policy/p"
    var user = UserRecord(name: "Bob", uniqueID: "AIDA1", created: 1, groups: ["AGPA1"], policies: [policy])
    try table.apply(user.key, user.value, revision: StoreRevision(1))
    #expect(table.user(id: "AIDA1")?.record == user)
    #expect(table.members(ofGroup: "AGPA1").contains("bob"))
    #expect(table.attachments(ofPolicy: policy).contains(user.key))
    user.groups = []
    user.policies = []
    user.uniqueID = "AIDA2"
    let before = table
    try table.apply(user.key, user.value, revision: StoreRevision(2))
    #expect(table.user(id: "AIDA1") == nil)
    #expect(table.members(ofGroup: "AGPA1").isEmpty && table.attachments(ofPolicy: policy).isEmpty)
    #expect(before.members(ofGroup: "AGPA1").contains("bob"))

    let declared = UserRecord(name: "carol", uniqueID: "AIDA3", created: 1)
    try table.apply(declared.key, declared.value, revision: nil)
    try table.apply(declared.key, nil, revision: StoreRevision(3))
    #expect(table.user(id: "AIDA3") != nil)
    let mallory = RecordKey(.user, "mallory")
    #expect(throws: RecordFault.self) {
      var other = before
      try other.apply(mallory, user.value, revision: StoreRevision(4))
    }
  }
}
