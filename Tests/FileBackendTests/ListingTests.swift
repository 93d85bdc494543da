import Backend
import Testing

@testable import FileBackend

/// A small generator so that a failure repeats: the seed is in the message.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var value = state
    value ^= value >> 33
    value = value &* 0xFF51_AFD7_ED55_8CCD
    return value ^ (value >> 33)
  }
}

@Suite struct ListingTests {
  enum Expected: Equatable {
    case key([UInt8])
    case prefix([UInt8])
  }

  /// S3's listing, as its documentation says it: filter, roll up, skip, cut.
  static func reference(
    _ keys: Set<[UInt8]>, prefix: [UInt8], delimiter: [UInt8], after: [UInt8]?
  ) -> [Expected] {
    var result: [Expected] = []
    for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where key.starts(with: prefix) {
      if let end = ByteOrder.end(of: delimiter, in: key, from: prefix.count) {
        let common = Array(key[..<end])
        if let after, !after.lexicographicallyPrecedes(common) { continue }
        if result.last != .prefix(common) { result.append(.prefix(common)) }
      } else {
        if let after, !after.lexicographicallyPrecedes(key) { continue }
        result.append(.key(key))
      }
    }
    return result
  }

  static func randomKey(_ random: inout Seeded) -> [UInt8] {
    let alphabet = Array("ab/-0".utf8)
    if Int.random(in: 0..<20, using: &random) == 0 {
      // Around the length where segments are cut into pieces.
      let length = Int.random(in: 125...131, using: &random)
      let tail = (0..<Int.random(in: 0...3, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0x61 }
      return Array(repeating: 0x61, count: length) + tail
    }
    return (0..<Int.random(in: 1...7, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0x61 }
  }

  static func put(_ key: [UInt8], _ store: ObjectStore, _ bucket: Bucket, _ body: [UInt8] = [1]) throws {
    let writer = try ObjectWriter(store.temporaryPath(), checksum: nil)
    try body.withUnsafeBytes { try writer.append($0) }
    let record = ObjectRecord(
      identity: try store.identity(), key: key, size: UInt64(body.count), modified: 1_000,
      etag: EntityTag(md5: writer.digests().md5))
    try writer.seal(record, syncs: false)
    try store.commit(writer, record, in: bucket, if: WriteCondition())
  }

  static func page(
    _ store: ObjectStore, _ bucket: Bucket, prefix: [UInt8], delimiter: [UInt8], after: [UInt8]?, limit: Int
  ) throws -> (items: [Expected], isTruncated: Bool) {
    let page = try store.list(bucket, prefix: prefix, delimiter: delimiter, after: after, limit: limit)
    let items = page.items.map { item -> Expected in
      switch item {
      case .object(let key, _): .key(key)
      case .commonPrefix(let prefix): .prefix(prefix)
      }
    }
    return (items, page.isTruncated)
  }

  /// Random keys put and deleted, random queries, random page sizes, with a warm and with a tiny cache.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
  func pagesAgreeWithTheReference(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let folder = TemporaryFolder()
    var options = folder.options
    if seed % 2 == 0 { options.listingCacheBytesMax = 300 }
    let store = try ObjectStore(options)
    #expect(try store.createBucket("bucket"))
    let bucket = try store.bucket("bucket")
    var keys: Set<[UInt8]> = []
    for round in 0..<150 {
      for _ in 0..<3 {
        let key = Self.randomKey(&random)
        keys.insert(key)
        try Self.put(key, store, bucket)
      }
      if let victim = keys.randomElement(using: &random), Bool.random(using: &random) {
        keys.remove(victim)
        try store.delete(victim, in: bucket)
      }
      let sample = keys.randomElement(using: &random) ?? []
      let prefix = Array(sample.prefix(Int.random(in: 0...3, using: &random)))
      let delimiters: [String] = ["", "/", "/", "-", "a", "/a", "b/"]
      let delimiter = Array((delimiters.randomElement(using: &random) ?? "").utf8)
      var after: [UInt8]? = Bool.random(using: &random) ? Self.randomKey(&random) : nil
      let limit = Int.random(in: 1...20, using: &random)
      let expected = Self.reference(keys, prefix: prefix, delimiter: delimiter, after: after)
      var found: [Expected] = []
      while true {
        let page = try Self.page(store, bucket, prefix: prefix, delimiter: delimiter, after: after, limit: limit)
        #expect(page.items.count <= limit)
        found += page.items
        guard page.isTruncated, let last = page.items.last else { break }
        #expect(page.items.count == limit)
        switch last {
        case .key(let key): after = key
        case .prefix(let prefix): after = prefix
        }
      }
      #expect(found == expected, "seed \(seed), round \(round)")
    }
    // What was put survives a restart, and only that.
    let all = try Self.page(store, bucket, prefix: [], delimiter: [], after: nil, limit: .max).items
    #expect(all == Self.reference(keys, prefix: [], delimiter: [], after: nil))
    for key in keys { try store.delete(key, in: bucket) }
    #expect(try FileCalls.names(in: bucket.keys).isEmpty, "empty folders are removed")
    try store.deleteBucket("bucket")
  }

  @Test func aKeyInsideACommonPrefixHasThePrefixBehindIt() throws {
    let folder = TemporaryFolder()
    let store = try ObjectStore(folder.options)
    #expect(try store.createBucket("bucket"))
    let bucket = try store.bucket("bucket")
    for key in ["a/1", "a/2", "b/1", "c"] { try Self.put(Array(key.utf8), store, bucket) }
    let slash: [UInt8] = [0x2F]
    func list(_ after: String?) throws -> [Expected] {
      try Self.page(
        store, bucket, prefix: [], delimiter: slash, after: after.map { Array($0.utf8) }, limit: 10
      ).items
    }
    #expect(try list(nil) == [.prefix(Array("a/".utf8)), .prefix(Array("b/".utf8)), .key(Array("c".utf8))])
    #expect(try list("a/1") == [.prefix(Array("b/".utf8)), .key(Array("c".utf8))])
    #expect(try list("a/") == [.prefix(Array("b/".utf8)), .key(Array("c".utf8))])
    #expect(try list("a") == [.prefix(Array("a/".utf8)), .prefix(Array("b/".utf8)), .key(Array("c".utf8))])
  }
}
