/// One page of a listing: a walk through the key tree in key order, from a bound, skipping what shares a common prefix.
struct ListingWalk {
  enum Item {
    case object(key: [UInt8], summary: ObjectSummary)
    case commonPrefix([UInt8])
  }

  struct Page {
    var items: [Item] = []
    var isTruncated = false
  }

  /// Reads what a listing says of an object; nil when it is gone.
  typealias Summarize = (_ folder: FolderID, _ entry: [UInt8]) throws(FileError) -> ObjectSummary?

  private let cache: ListingCache
  private let prefix: [UInt8]
  private let delimiter: [UInt8]
  private let limit: Int
  private let summarize: Summarize
  /// Keys before it are done with.
  private var bound: [UInt8]
  private var page = Page()

  /// - Parameters:
  ///   - after: the last key or common prefix of the page before; only what is behind it is listed. A key inside a
  ///     common prefix has that whole prefix behind it, as AWS lists.
  ///   - limit: of objects and common prefixes together.
  static func page(
    root: FolderID, cache: ListingCache, prefix: [UInt8], delimiter: [UInt8], after: [UInt8]?, limit: Int,
    summarize: @escaping Summarize
  ) throws(FileError) -> Page {
    guard limit > 0 else { return Page() }
    var bound = prefix
    if let after, ByteOrder.compare(after, prefix) >= 0 {
      guard ByteOrder.hasPrefix(after, prefix) else { return Page() }
      if let end = ByteOrder.end(of: delimiter, in: after, from: prefix.count) {
        guard let next = ByteOrder.successor(of: Array(after[..<end])) else { return Page() }
        bound = next
      } else {
        bound = after + [0]
      }
    }
    var walk = ListingWalk(
      cache: cache, prefix: prefix, delimiter: delimiter, limit: limit, summarize: summarize, bound: bound)
    _ = try walk.visit(root)
    return walk.page
  }

  private init(
    cache: ListingCache, prefix: [UInt8], delimiter: [UInt8], limit: Int, summarize: @escaping Summarize,
    bound: [UInt8]
  ) {
    self.cache = cache
    self.prefix = prefix
    self.delimiter = delimiter
    self.limit = limit
    self.summarize = summarize
    self.bound = bound
  }

  /// The part of the bound that concerns a folder whose keys start with `prefix`; nil when all of them are before it.
  private func bound(in prefix: [UInt8]) -> [UInt8]? {
    if ByteOrder.hasPrefix(bound, prefix) { return Array(bound[prefix.count...]) }
    return ByteOrder.compare(bound, prefix) < 0 ? [] : nil
  }

  /// - Returns: whether the walk goes on behind this folder.
  private mutating func visit(_ folder: FolderID) throws(FileError) -> Bool {
    guard let start = bound(in: folder.prefix), let list = try cache.names(of: folder.path) else { return true }
    let names = list.names
    var position = names.start(for: start)
    while let entry = names[position] {
      let key = folder.prefix + entry.name
      let kind = KeyPath.kind(of: entry.name)
      if !ByteOrder.hasPrefix(key, prefix), kind == .object || !ByteOrder.hasPrefix(prefix, key) {
        // Sorted: behind the first that is greater than the prefix nothing can have it.
        if ByteOrder.compare(key, prefix) > 0 { return false }
        position = names.position(after: position)
        continue
      }
      if let end = ByteOrder.end(of: delimiter, in: key, from: prefix.count) {
        let isThere = kind == .object ? true : try containsObject(folder.child(entry.name))
        guard isThere else {
          position = names.position(after: position)
          continue
        }
        guard page.items.count < limit else {
          page.isTruncated = true
          return false
        }
        let common = Array(key[..<end])
        page.items.append(.commonPrefix(common))
        guard let next = ByteOrder.successor(of: common) else { return false }
        bound = next
        guard let rest = bound(in: folder.prefix) else { return true }
        position = names.start(for: rest)
        continue
      }
      switch kind {
      case .object:
        var known = entry.summary
        if known == nil { known = try summarize(folder, entry.name) }
        if let summary = known {
          guard page.items.count < limit else {
            page.isTruncated = true
            return false
          }
          page.items.append(.object(key: key, summary: summary))
          if entry.summary == nil {
            cache.setSummaryIfUnknown(entry.name, summary, in: folder.path, of: list.id)
          }
        }
        position = names.position(after: position)
      case .folder, .piece:
        guard try visit(folder.child(entry.name)) else { return false }
        // A common prefix found inside may reach beyond that folder.
        guard let rest = bound(in: folder.prefix) else { return true }
        let next = names.position(after: position)
        let reached = names.start(for: rest)
        position = Self.later(next, reached)
      }
    }
    return true
  }

  private static func later(_ left: SortedNames.Position, _ right: SortedNames.Position) -> SortedNames.Position {
    (left.chunk, left.offset) < (right.chunk, right.offset) ? right : left
  }

  /// Whether a folder holds an object anywhere below. Stops at the first, without reading long folders.
  private func containsObject(_ folder: FolderID) throws(FileError) -> Bool {
    try Self.containsObject(folder.path)
  }

  static func containsObject(_ folder: FilePath) throws(FileError) -> Bool {
    var folders: [[UInt8]] = []
    var isFound = false
    try FileCalls.forEachName(in: folder) { name in
      guard let entry = KeyPath.entry(of: name) else { return true }
      if KeyPath.kind(of: entry) == .object {
        isFound = true
        return false
      }
      folders.append(Array(name))
      return true
    }
    if isFound { return true }
    for name in folders where try containsObject(folder.appending(name)) { return true }
    return false
  }
}
