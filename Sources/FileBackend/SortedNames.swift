/// A folder's entries in byte order, in chunks, so that one more costs little however many there are.
struct SortedNames: Sendable {
  struct Entry: Sendable {
    let name: [UInt8]
    /// Filled in when a listing or a commit has read the object; nil for folders.
    var summary: ObjectSummary?
  }

  struct Position: Equatable, Sendable {
    var chunk: Int
    var offset: Int
  }

  private static let chunkMax = 512

  private(set) var chunks: [[Entry]] = []
  private(set) var count = 0
  /// Memory, about.
  private(set) var byteCount = 0

  /// - Parameter names: in any order, without duplicates.
  init(unsorted names: [[UInt8]]) {
    let sorted = names.sorted { ByteOrder.compare($0, $1) < 0 }
    var chunk: [Entry] = []
    for name in sorted {
      chunk.append(Entry(name: name, summary: nil))
      byteCount += Self.cost(name)
      if chunk.count == Self.chunkMax / 2 {
        chunks.append(chunk)
        chunk = []
      }
    }
    if !chunk.isEmpty { chunks.append(chunk) }
    count = sorted.count
  }

  private static func cost(_ name: [UInt8]) -> Int { MemoryLayout<Entry>.stride + 48 + name.count }

  subscript(position: Position) -> Entry? {
    guard position.chunk < chunks.count else { return nil }
    return chunks[position.chunk][position.offset]
  }

  func position(after position: Position) -> Position {
    if position.offset + 1 < chunks[position.chunk].count {
      return Position(chunk: position.chunk, offset: position.offset + 1)
    }
    return Position(chunk: position.chunk + 1, offset: 0)
  }

  func position(before position: Position) -> Position? {
    if position.offset > 0 { return Position(chunk: position.chunk, offset: position.offset - 1) }
    guard position.chunk > 0 else { return nil }
    return Position(chunk: position.chunk - 1, offset: chunks[position.chunk - 1].count - 1)
  }

  /// The first entry that is not before `name`; the end when there is none.
  func lowerBound(_ name: [UInt8]) -> Position {
    var low = 0
    var high = chunks.count
    // The last chunk whose first entry is not after the name, else the first.
    while low < high {
      let middle = (low + high) / 2
      if ByteOrder.compare(chunks[middle][0].name, name) <= 0 { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return Position(chunk: 0, offset: 0) }
    let index = low - 1
    let chunk = chunks[index]
    var first = 0
    var last = chunk.count
    while first < last {
      let middle = (first + last) / 2
      if ByteOrder.compare(chunk[middle].name, name) < 0 { first = middle + 1 } else { last = middle }
    }
    return first < chunk.count ? Position(chunk: index, offset: first) : Position(chunk: index + 1, offset: 0)
  }

  /// Where a walk for keys not before `bound` starts: at the folder or piece the bound leads into, else at the first
  /// entry that is not before it.
  func start(for bound: [UInt8]) -> Position {
    let position = lowerBound(bound)
    if let before = self.position(before: position), let entry = self[before],
      KeyPath.kind(of: entry.name) != .object, ByteOrder.hasPrefix(bound, entry.name)
    {
      return before
    }
    return position
  }

  mutating func insert(_ name: [UInt8], _ summary: ObjectSummary?) {
    let position = lowerBound(name)
    if let entry = self[position], entry.name == name {
      chunks[position.chunk][position.offset].summary = summary
      return
    }
    count += 1
    byteCount += Self.cost(name)
    let entry = Entry(name: name, summary: summary)
    guard !chunks.isEmpty else {
      chunks.append([entry])
      return
    }
    // A position at a chunk's start means the end of the one before it, where there is room to grow.
    var target = position
    if target.offset == 0, target.chunk > 0 {
      target = Position(chunk: target.chunk - 1, offset: chunks[target.chunk - 1].count)
    }
    chunks[target.chunk].insert(entry, at: target.offset)
    if chunks[target.chunk].count > Self.chunkMax {
      let half = chunks[target.chunk].count / 2
      let tail = Array(chunks[target.chunk][half...])
      chunks[target.chunk].removeSubrange(half...)
      chunks.insert(tail, at: target.chunk + 1)
    }
  }

  mutating func remove(_ name: [UInt8]) {
    let position = lowerBound(name)
    guard let entry = self[position], entry.name == name else { return }
    count -= 1
    byteCount -= Self.cost(name)
    chunks[position.chunk].remove(at: position.offset)
    if chunks[position.chunk].isEmpty { chunks.remove(at: position.chunk) }
  }

  /// Remembers what a listing read, unless a commit has told newer news meanwhile.
  mutating func setSummaryIfUnknown(_ name: [UInt8], _ summary: ObjectSummary) {
    let position = lowerBound(name)
    guard let entry = self[position], entry.name == name, entry.summary == nil else { return }
    chunks[position.chunk][position.offset].summary = summary
  }
}
