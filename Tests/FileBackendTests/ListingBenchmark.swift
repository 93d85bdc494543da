import Backend
import Glibc
import Testing

@testable import FileBackend

@Suite struct ListingBenchmark {
  /// Pages through a bucket with a flat folder and many small ones; MARTLET_BENCH=1 for 100,000 keys.
  @Test func pagesCostWhatTheyShow() async throws {
    let isFull = getenv("MARTLET_BENCH").map { String(cString: $0) == "1" } ?? false
    let count = isFull ? 100_000 : 20_000
    let store = try await TestStore.withBucket()
    let bucket = try store.backend.store.bucket("bucket")
    let clock = ContinuousClock()
    let writing = try clock.measure {
      for index in 0..<count {
        let number = String(index + 1_000_000)
        let key = index % 2 == 0 ? "flat/\(number)" : "tree/\(index % 500)/\(number)"
        try ListingTests.put(Array(key.utf8), store.backend.store, bucket)
      }
    }
    func listAll() async throws -> (keys: Int, pages: Int, slowest: Duration) {
      var keys = 0
      var pages = 0
      var slowest = Duration.zero
      var token: String?
      repeat {
        let start = clock.now
        let page = try await store.run("GET /bucket?list-type=2" + (token.map { "&continuation-token=\($0)" } ?? ""))
        slowest = max(slowest, clock.now - start)
        keys += page.text.components(between: "<Key>", and: "</Key>").count
        pages += 1
        token = page.element("NextContinuationToken")
      } while token != nil
      return (keys, pages, slowest)
    }
    store.backend.store.cache.forgetAll()
    var cold = (keys: 0, pages: 0, slowest: Duration.zero)
    let coldTime = try await clock.measure { cold = try await listAll() }
    var warm = (keys: 0, pages: 0, slowest: Duration.zero)
    let warmTime = try await clock.measure { warm = try await listAll() }
    #expect(cold.keys == count && warm.keys == count && cold.pages == count / 1000)
    store.backend.store.cache.forgetAll()
    var prefixes = 0
    let rolled = try await clock.measure {
      let page = try await store.run("GET /bucket?list-type=2&delimiter=/&prefix=tree/")
      prefixes = page.elements("CommonPrefixes").count
    }
    #expect(prefixes == 250)
    print(
      """
      listing \(count) keys: written in \(writing), cold \(coldTime) (slowest page \(cold.slowest)), \
      warm \(warmTime) (slowest page \(warm.slowest)), 250 common prefixes cold \(rolled)
      """)
    // Far from the figures seen (see the print), near enough to notice a page that reads everything.
    #expect(warmTime < coldTime * 3 && rolled < .seconds(2))
  }
}
