import Glibc
import IdentityStore
import S3Model
import Testing

@Suite struct IdentityStoreTests {
  private static let alice = RecordKey(.user, "alice")
  private static let bob = RecordKey(.user, "bob")
  private static let session = RecordKey(.session, "ASIA1")

  @Test(arguments: StoreKind.available) func startsEmpty(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let loaded = try await store.loaded()
      #expect(loaded.records.isEmpty)
      #expect(try await store.read([Self.alice]).isEmpty)
    }
  }

  @Test(arguments: StoreKind.available) func keepsBytesOfAnyKind(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let key = RecordKey(.mfaDevice, ByteString([0x2F, 0x00, 0xFF, 0x2F]))
      let value = Array(UInt8.min...UInt8.max)
      var transaction = StoreTransaction()
      transaction.changes[key] = .some(value)
      transaction.changes[Self.alice] = .some([])
      guard case .committed(let revision) = try await store.commit(transaction) else { throw UnexpectedConflict() }
      let expected = [
        key: StoredRecord(key: key, value: value, revision: revision),
        Self.alice: StoredRecord(key: Self.alice, value: [], revision: revision),
      ]
      let reading = try await store.readings([key, Self.alice, Self.bob])
      #expect(Set(reading.records) == Set(expected.values))
      #expect(reading.revision >= revision)
      let again = try await storage.open().loaded()
      #expect(again.records == expected)
      #expect(again.revision >= revision)
    }
  }

  @Test(arguments: StoreKind.available) func conditionsGuardTransactions(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let (one, other) = (try storage.open(), try storage.open())
      var create = StoreTransaction()
      create.conditions[Self.alice] = .some(nil)
      create.changes[Self.alice] = .some(Array("1".utf8))
      guard case .committed(let first) = try await one.commit(create) else { throw UnexpectedConflict() }
      // It exists now.
      create.changes[Self.bob] = .some(Array("not to be".utf8))
      #expect(try await other.commit(create) == .conflict)
      #expect(try await one.text(Self.bob) == nil)

      var update = StoreTransaction()
      update.conditions[Self.alice] = .some(first)
      update.changes[Self.alice] = .some(Array("2".utf8))
      guard case .committed(let second) = try await other.commit(update) else { throw UnexpectedConflict() }
      #expect(second > first)
      // Decided on what is no longer so.
      #expect(try await one.commit(update) == .conflict)
      #expect(try await one.text(Self.alice) == "2")

      var remove = StoreTransaction()
      remove.conditions[Self.alice] = .some(second)
      remove.changes[Self.alice] = .some(nil)
      guard case .committed = try await one.commit(remove) else { throw UnexpectedConflict() }
      #expect(try await other.text(Self.alice) == nil)
      // Gone is not as it was, whoever made it anew.
      let third = try await one.write([Self.alice: "3"])
      update.conditions[Self.alice] = .some(second)
      #expect(try await other.commit(update) == .conflict)
      #expect(third > second)
    }
  }

  @Test(arguments: StoreKind.available) func conditionsOnWhatIsNotWritten(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let revision = try await store.write([Self.alice: "1"])
      var transaction = StoreTransaction()
      transaction.conditions[Self.alice] = .some(revision)
      transaction.changes[Self.bob] = .some(Array("b".utf8))
      guard case .committed = try await store.commit(transaction) else { throw UnexpectedConflict() }
      try await store.write([Self.alice: "2"])
      #expect(try await store.commit(transaction) == .conflict)
      #expect(try await store.text(Self.bob) == "b")
    }
  }

  /// What each of two nodes adds to one counter, nobody loses.
  @Test(arguments: StoreKind.available) func concurrentEditsLoseNothing(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let stores = [try storage.open(), try storage.open(), try storage.open()]
      try await stores[0].write([Self.alice: "0"])
      let rounds = 20
      try await withThrowingTaskGroup(of: Void.self) { group in
        for store in stores {
          group.addTask {
            for _ in 0..<rounds {
              while true {
                guard let record = try await store.read([Self.alice]).first,
                  let count = Int(String(decoding: record.value, as: UTF8.self))
                else { throw UnexpectedConflict() }
                var transaction = StoreTransaction()
                transaction.conditions[Self.alice] = .some(record.revision)
                transaction.changes[Self.alice] = .some(Array("\(count + 1)".utf8))
                if try await store.commit(transaction) != .conflict { break }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await stores[0].text(Self.alice) == "\(rounds * stores.count)")
    }
  }

  @Test(arguments: StoreKind.available) func tellsChangesOfEveryNode(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let (one, other) = (try storage.open(), try storage.open())
      try await one.write([Self.alice: "before"])
      let (_, start) = try await one.loaded()
      let feed = one.changes(after: start)
      try await one.write([Self.alice: "own"])
      try await other.write([Self.bob: "other's", Self.session: "not told"])
      let last = try await other.write([Self.alice: nil])
      let events = await waitFor(feed) { $0.revisions.last.map { $0 >= last } ?? false }
      #expect(events.told == [Self.alice: nil, Self.bob: "other's"])
      #expect(events.revisions == events.revisions.sorted())
      for case .changed(let changes, let revision) in events {
        for change in changes { #expect(change.revision > start && change.revision <= revision) }
      }
    }
  }

  @Test(arguments: StoreKind.available) func tellsTheRevisionsThatConditionsCompare(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let (one, other) = (try storage.open(), try storage.open())
      let (_, start) = try await one.loaded()
      try await other.write([Self.alice: "1"])
      let last = try await other.write([Self.bob: "2"])
      let events = await waitFor(one.changes(after: start)) { $0.revisions.last.map { $0 >= last } ?? false }
      var transaction = StoreTransaction()
      for case .changed(let changes, _) in events {
        for change in changes { transaction.conditions[change.key] = .some(change.revision) }
      }
      transaction.changes[Self.alice] = .some(nil)
      #expect(transaction.conditions.count == 2)
      #expect(try await one.commit(transaction) != .conflict)
    }
  }

  @Test(arguments: StoreKind.available) func volatileRecordsAreNeitherLoadedNorTold(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let use = RecordKey(.mfaUse, "/token")
      let (_, start) = try await store.loaded()
      let feed = store.changes(after: start)
      let revision = try await store.write([use: "1"])
      try await store.write([Self.session: "s"])
      #expect(try await store.loaded().records.isEmpty)
      let last = try await store.write([Self.alice: "told"])
      let events = await waitFor(feed) { $0.revisions.last.map { $0 >= last } ?? false }
      #expect(events.told == [Self.alice: "told"])
      // They are compared and swapped as others.
      var transaction = StoreTransaction()
      transaction.conditions[use] = .some(revision)
      transaction.changes[use] = .some(Array("2".utf8))
      #expect(try await store.commit(transaction) != .conflict)
      #expect(try await store.commit(transaction) == .conflict)
    }
  }

  @Test(arguments: StoreKind.available) func listsOneKindInPages(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      var records: [RecordKey: String?] = [:]
      for index in 100..<125 { records[RecordKey(.session, ByteString("ASIA\(index)"))] = "\(index)" }
      // Neighbors in the order of keys.
      records[RecordKey(.role, "zz")] = "role"
      records[RecordKey(.user, "aa")] = "user"
      records[RecordKey(.keyUse, "AKIA")] = "use"
      try await store.write(records)
      var found: [String] = []
      var last: ByteString?
      while true {
        let page = try await store.list(.session, after: last, countMax: 10)
        #expect(page.count <= 10)
        guard let end = page.last else { break }
        found += page.map { String(decoding: $0.value, as: UTF8.self) }
        last = end.key.name
      }
      #expect(found == (100..<125).map { "\($0)" })
      #expect(try await store.list(.user, after: nil, countMax: 10).map(\.key) == [RecordKey(.user, "aa")])
    }
  }

  @Test(arguments: StoreKind.available) func volatileRecordsExpire(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let other = RecordKey(.session, "ASIA2")
      let soon = now() + 2
      try await store.write([Self.session: "soon"], expires: soon)
      try await store.write([other: "later"], expires: now() + 3600)
      // No lease: only volatile records go by themselves.
      try await store.write([Self.alice: "stays"], expires: now() - 10)
      let listed = try await store.list(.session, after: nil, countMax: 10).count
      // A busy machine may have taken longer.
      if now() < soon { #expect(listed == 2) }
      var left = 2
      for _ in 0..<200 where left > 1 {
        try await Task.sleep(for: .milliseconds(100))
        left = try await store.read([Self.session, other]).count
      }
      #expect(left == 1)
      #expect(try await store.list(.session, after: nil, countMax: 10).map(\.key) == [other])
      #expect(try await store.text(Self.alice) == "stays")
    }
  }

  @Test(arguments: StoreKind.available) func refusesWhatIsTooLarge(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      var transaction = StoreTransaction()
      transaction.changes[Self.alice] = .some([UInt8](repeating: 0x61, count: store.limits.recordBytesMax + 1))
      await #expect(throws: IdentityStoreError.tooLarge) { try await store.commit(transaction) }
      transaction.changes[Self.alice] = .some([UInt8](repeating: 0x61, count: store.limits.recordBytesMax))
      guard case .committed = try await store.commit(transaction) else { throw UnexpectedConflict() }
      #expect(try await store.read([Self.alice]).first?.value.count == store.limits.recordBytesMax)
    }
  }

  @Test(arguments: StoreKind.available) func loadsManyAtOneRevision(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let (one, other) = (try storage.open(), try storage.open())
      for start in stride(from: 0, to: 2500, by: 100) {
        var records: [RecordKey: String?] = [:]
        for index in start..<start + 100 { records[RecordKey(.user, ByteString("user\(index)"))] = "0" }
        try await one.write(records)
      }
      // Writes of two records go on while another node loads: it sees both or neither.
      let writer = Task {
        for round in 1...50 {
          try await one.write([RecordKey(.user, "user0"): "\(round)", RecordKey(.user, "user2499"): "\(round)"])
        }
      }
      for _ in 0..<5 {
        let records = try await other.loaded().records
        #expect(records.count == 2500)
        #expect(records[RecordKey(.user, "user0")]?.value == records[RecordKey(.user, "user2499")]?.value)
      }
      try await writer.value
    }
  }

  @Test(arguments: StoreKind.available) func closedStoresRefuse(_ kind: StoreKind) async throws {
    try await StoreUnderTest.with(kind) { storage in
      let store = try storage.open()
      let feed = store.changes(after: StoreRevision(0))
      await store.shutdown()
      await #expect(throws: IdentityStoreError.closed) { try await store.write([Self.alice: "1"]) }
      for await event in feed { Issue.record("told of \(event) after it was closed") }
    }
  }
}

func now() -> Int64 { Int64(time(nil)) }
