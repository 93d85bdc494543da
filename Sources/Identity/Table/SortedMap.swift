public import S3Model

/// A persistent map in the order of its keys: a copy shares everything, and a change copies one chunk and the list of
/// chunks.
public struct SortedMap<Value: Sendable>: Sendable {
  private struct Chunk: Sendable {
    var keys: [ByteString]
    var values: [Value]
  }

  /// None is empty.
  private var chunks: [Chunk] = []
  public private(set) var count = 0
  private static var chunkMax: Int { 256 }

  public init() {}

  public var isEmpty: Bool { count == 0 }

  public subscript(key: ByteString) -> Value? {
    get {
      guard let (chunk, index) = position(of: key), index < chunks[chunk].keys.count,
        chunks[chunk].keys[index] == key
      else { return nil }
      return chunks[chunk].values[index]
    }
    set {
      if let newValue { insert(newValue, key) } else { remove(key) }
    }
  }

  /// Visits entries in order until the visitor returns false.
  /// - Parameter start: the first key to visit, or the first after it; all when nil.
  public func forEach(from start: ByteString? = nil, _ visit: (ByteString, Value) -> Bool) {
    var chunk = 0
    var index = 0
    if let start {
      guard let position = position(of: start) else { return }
      (chunk, index) = position
    }
    while chunk < chunks.count {
      let entries = chunks[chunk]
      while index < entries.keys.count {
        guard visit(entries.keys[index], entries.values[index]) else { return }
        index += 1
      }
      chunk += 1
      index = 0
    }
  }

  public var keys: [ByteString] { chunks.flatMap(\.keys) }
  public var values: [Value] { chunks.flatMap(\.values) }

  /// Where a key is or would be inserted; nil when there is no chunk.
  private func position(of key: ByteString) -> (chunk: Int, index: Int)? {
    if chunks.isEmpty { return nil }
    // The last chunk that begins at or before the key.
    let chunk = max(0, Self.lowerBound(chunks.count) { !(key < chunks[$0].keys[0]) } - 1)
    return (chunk, Self.lowerBound(chunks[chunk].keys.count) { chunks[chunk].keys[$0] < key })
  }

  /// The first index for which `isBefore` does not hold.
  private static func lowerBound(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func insert(_ value: Value, _ key: ByteString) {
    guard let (chunk, index) = position(of: key) else {
      chunks = [Chunk(keys: [key], values: [value])]
      count = 1
      return
    }
    if index < chunks[chunk].keys.count, chunks[chunk].keys[index] == key {
      chunks[chunk].values[index] = value
      return
    }
    chunks[chunk].keys.insert(key, at: index)
    chunks[chunk].values.insert(value, at: index)
    count += 1
    guard chunks[chunk].keys.count > Self.chunkMax else { return }
    // Names that come in order fill chunks instead of halving each.
    let isLast = chunk == chunks.count - 1 && index == chunks[chunk].keys.count - 1
    let split = isLast ? Self.chunkMax : Self.chunkMax / 2
    let upper = Chunk(keys: Array(chunks[chunk].keys[split...]), values: Array(chunks[chunk].values[split...]))
    chunks[chunk].keys.removeSubrange(split...)
    chunks[chunk].values.removeSubrange(split...)
    chunks.insert(upper, at: chunk + 1)
  }

  private mutating func remove(_ key: ByteString) {
    guard let (chunk, index) = position(of: key), index < chunks[chunk].keys.count, chunks[chunk].keys[index] == key
    else { return }
    count -= 1
    if chunks[chunk].keys.count == 1 {
      chunks.remove(at: chunk)
      return
    }
    chunks[chunk].keys.remove(at: index)
    chunks[chunk].values.remove(at: index)
  }
}
