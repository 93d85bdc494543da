import Cryptography
import Identity
import S3Model
import S3Wire

/// One page of a list: how many to give, after what; and what the next page begins after.
///
/// A marker is the key of the last item given, in base 64. It decides where to go on and nothing else.
struct IAMPage: Sendable {
  static let itemsDefault = 100
  static let itemsMax = 1000
  /// Items looked at for one page: whoever asks for a rare path gets shorter pages, with a marker.
  static let visitsMax = 200_000

  var itemsMax: Int
  /// The key to go on after.
  private var after: ByteString?
  /// Of the next page; nil when this is the last.
  private(set) var marker: ByteString?
  private var taken = 0

  init(_ checker: inout ParameterChecker) {
    itemsMax = checker.integer("MaxItems", 1...Self.itemsMax) ?? Self.itemsDefault
    guard let marker = checker.optional("Marker", length: 1...320, .marker) else { return }
    guard let bytes = Base64.decode(marker.text, .urlSafe), !bytes.isEmpty else {
      checker.refuse(.validationError, "Invalid Marker.")
      return
    }
    after = ByteString(bytes)
  }

  /// For lists that have no pages.
  init() { itemsMax = .max }

  /// The first key of this page: the one behind the last.
  private var start: ByteString? { after.map { ByteString($0.bytes + [0]) } }

  private static func marker(_ key: ByteString) -> ByteString { ByteString(Base64.encode(key.bytes, .urlSafe)) }

  /// The items of this page, in the order of keys.
  mutating func take<Value>(
    _ map: SortedMap<Value>, where isWanted: (ByteString, Value) -> Bool = { _, _ in true }
  ) -> [Value] {
    var items: [Value] = []
    var last: ByteString?
    var visits = 0
    var isTruncated = false
    map.forEach(from: start) { key, value in
      if items.count == itemsMax || visits == Self.visitsMax {
        isTruncated = true
        return false
      }
      visits += 1
      last = key
      if isWanted(key, value) { items.append(value) }
      return true
    }
    // Only whole runs end in a marker; an item not wanted behind the last one costs an empty page at most.
    marker = isTruncated ? last.map(Self.marker) : nil
    return items
  }

  /// The items of one of several maps that are listed as one, in the order of their sections.
  mutating func take<Value>(_ map: SortedMap<Value>, section: UInt8) -> [Value] {
    guard marker == nil else { return [] }
    var start: ByteString?
    if let after, let first = after.bytes.first {
      if first > section { return [] }
      if first == section { start = ByteString(after.bytes.dropFirst() + [0]) }
    }
    var items: [Value] = []
    var last: ByteString?
    var isTruncated = false
    let room = itemsMax - taken
    map.forEach(from: start) { key, value in
      if items.count == room {
        isTruncated = true
        return false
      }
      items.append(value)
      last = key
      return true
    }
    taken += items.count
    if isTruncated {
      // Full before its first: the page ends at the end of the section before.
      let position = [section] + (last?.bytes ?? start?.bytes ?? [])
      marker = Self.marker(ByteString(position))
    }
    return items
  }

  /// The items of this page of a short list.
  mutating func take<Value>(_ values: [Value], key: (Value) -> ByteString) -> [Value] {
    var rest = values.map { (key($0), $0) }.sorted { $0.0 < $1.0 }
    if let after { rest.removeAll { !(after < $0.0) } }
    guard rest.count > itemsMax else { return rest.map(\.1) }
    marker = Self.marker(rest[itemsMax - 1].0)
    return rest[..<itemsMax].map(\.1)
  }
}
