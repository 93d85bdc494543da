import Backend
import HTTPWire
import S3Model
import Testing

@testable import FileBackend

@Suite struct ConcurrencyTests {
  @Test func exactlyOneConditionalCreationWins() async throws {
    let store = try await TestStore.withBucket { $0.threadCount = 8 }
    for round in 0..<20 {
      let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for writer in 0..<16 {
          group.addTask {
            try await store.put("key\(round)", bytes(1000, seed: UInt64(writer)), [("If-None-Match", "*")])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.filter { $0.status == 200 }.count == 1)
      #expect(outcomes.filter { $0.code == .preconditionFailed }.count == 15)
      let winner = try #require(outcomes.first { $0.status == 200 }?.header(.etag))
      #expect(try await store.get("key\(round)").header(.etag) == winner)
    }
  }

  @Test func exactlyOneConditionalReplacementWins() async throws {
    let store = try await TestStore.withBucket { $0.threadCount = 8 }
    let etag = try #require(try await store.put("key", [0]).header(.etag))
    let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for writer in 0..<16 {
        group.addTask { try await store.put("key", bytes(100, seed: UInt64(writer)), [("If-Match", etag)]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0.status == 200 }.count == 1)
    #expect(try await store.put("none", [1], [("If-Match", etag)]).code == .noSuchKey)
  }

  @Test func writersNeverMix() async throws {
    let store = try await TestStore.withBucket { $0.threadCount = 8 }
    let bodies = (0..<8).map { bytes(150_000, seed: UInt64($0)) }
    try await store.put("dir/key", bodies[0])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for _ in 0..<5 { _ = try await store.put("dir/key", bodies[writer]) }
        }
        group.addTask {
          for _ in 0..<10 {
            let got = try await store.get("dir/key")
            #expect(bodies.contains(got.body))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.temporaryNames.isEmpty)
  }

  /// Folders come and go under the writers' feet.
  @Test(arguments: [false, true])
  func puttingAndDeletingNeighborsLosesNothing(syncs: Bool) async throws {
    let store = try await TestStore.withBucket {
      $0.threadCount = 8
      $0.syncs = syncs
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for round in 0..<40 {
            let key = "a/b/c/\(writer)"
            let put = try await store.put(key, [UInt8(round)])
            let got = try await store.get(key)
            let deleted = try await store.run("DELETE /bucket/\(key)")
            #expect(put.status == 200 && got.body == [UInt8(round)] && deleted.status == 204)
          }
          try await store.put("a/b/c/last\(writer)", [1])
        }
        group.addTask {
          for _ in 0..<20 {
            let listed = try await store.run("GET /bucket?list-type=2&prefix=a/")
            #expect(listed.status == 200)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await store.run("GET /bucket?list-type=2").elements("Key") == (0..<8).map { "a/b/c/last\($0)" })
    #expect(
      try await store.run("GET /bucket?list-type=2&delimiter=/").elements("CommonPrefixes") == ["<Prefix>a/</Prefix>"])
  }

  @Test func aDeletedBucketTakesNoObjectWithIt() async throws {
    let store = try await TestStore { $0.threadCount = 8 }
    for _ in 0..<20 {
      _ = try await store.run("PUT /bucket")
      async let put = store.put("key", [1])
      async let deleted = store.run("DELETE /bucket")
      let (first, second) = try await (put, deleted)
      // Either the object was there first, or the bucket was gone first: never both confirmed.
      #expect((first.status == 200) != (second.status == 204))
      if first.status == 200 { _ = try await store.run("DELETE /bucket/key") }
    }
  }
}
