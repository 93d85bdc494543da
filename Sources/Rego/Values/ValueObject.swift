/// An object of Rego: any values as keys, held in key order, found by hash.
public final class ValueObject: Sendable {
  /// In OPA's order of values, without repetition.
  public let keys: [Value]
  /// Beside `keys`.
  public let values: [Value]
  @usableFromInline let index: HashIndex?
  /// Where the keys and the values stand.
  @usableFromInline nonisolated(unsafe) let keyStart: UnsafePointer<Value>
  @usableFromInline nonisolated(unsafe) let valueStart: UnsafePointer<Value>

  /// - Precondition: keys are sorted and unique; both arrays are of one length.
  @inlinable
  public init(sortedKeys keys: [Value], values: [Value]) {
    self.keys = keys
    self.values = values
    keyStart = keys.fixedStart
    valueStart = values.fixedStart
    index = keys.count < HashIndex.countMin ? nil : HashIndex(keys)
  }

  public static let empty = ValueObject(sortedKeys: [], values: [])

  /// Of several members with one key the last counts.
  public convenience init(_ members: [(Value, Value)]) {
    var builder = ValueObjectBuilder()
    for (key, value) in members { builder[key] = value }
    self.init(builder)
  }

  public convenience init(_ builder: consuming ValueObjectBuilder) {
    let (keys, values) = builder.sorted()
    self.init(sortedKeys: keys, values: values)
  }

  /// - Precondition: keys are unique; both arrays are of one length.
  public convenience init(uniqueKeys keys: [Value], values: [Value]) {
    let (keys, values) = Self.sort(keys, values)
    self.init(sortedKeys: keys, values: values)
  }

  @inlinable public var count: Int { keys.count }
  @inlinable public var isEmpty: Bool { keys.isEmpty }
  var isIndexed: Bool { count >= HashIndex.countMin }

  static func sort(_ keys: [Value], _ values: [Value]) -> (keys: [Value], values: [Value]) {
    let firstUnordered = keys.indices.dropFirst().first { keys[$0] < keys[$0 - 1] }
    guard let firstUnordered else { return (keys, values) }
    guard keys.count <= 24 else {
      let order = keys.indices.sorted { keys[$0] < keys[$1] }
      return (order.map { keys[$0] }, order.map { values[$0] })
    }
    var (keys, values) = (keys, values)
    for position in firstUnordered..<keys.count {
      var place = position
      while place > 0, keys[place] < keys[place - 1] {
        keys.swapAt(place, place - 1)
        values.swapAt(place, place - 1)
        place -= 1
      }
    }
    return (keys, values)
  }

  @inlinable
  public subscript(key: Value) -> Value {
    guard let position = position(of: key) else { return .undefined }
    return values[position]
  }

  @inlinable
  func position(of key: Value) -> Int? {
    if let index { return index.find(key, key.tableHash, in: keys) }
    for position in keys.indices where keys[position] == key { return position }
    return nil
  }

  @inlinable public var tableHash: UInt64 {
    var state: UInt64 = 6
    for position in keys.indices {
      state = ByteHash.mix(ByteHash.mix(state, keys[position].tableHash), values[position].tableHash)
    }
    return state
  }

  /// Keys and values in turn, in key order. Source: OPA v1/ast/term.go, `(*object).Compare`.
  func compare(_ other: ValueObject) -> Int {
    for position in 0..<min(count, other.count) {
      let order = keys[position].compare(other.keys[position])
      if order != 0 { return order }
      let valueOrder = values[position].compare(other.values[position])
      if valueOrder != 0 { return valueOrder }
    }
    return count - other.count
  }
}

extension ValueObject: Equatable {
  public static func == (left: ValueObject, right: ValueObject) -> Bool {
    left === right || (left.keys == right.keys && left.values == right.values)
  }
}

/// Collects members of an object, in any order.
public struct ValueObjectBuilder {
  @usableFromInline var keys: [Value] = []
  @usableFromInline var values: [Value] = []
  @usableFromInline var index: HashIndex?

  @inlinable public init() {}

  @inlinable public var count: Int { keys.count }

  @inlinable
  func position(of key: Value) -> Int? {
    if let index { return index.find(key, key.tableHash, in: keys) }
    for position in keys.indices where keys[position] == key { return position }
    return nil
  }

  /// `.undefined` when absent. Setting replaces; setting `.undefined` is not removal and must not happen.
  @inlinable
  public subscript(key: Value) -> Value {
    get { position(of: key).map { values[$0] } ?? .undefined }
    set {
      if let position = position(of: key) {
        values[position] = newValue
        return
      }
      keys.append(key)
      values.append(newValue)
      if keys.count < HashIndex.countMin { return }
      if let index, keys.count * 2 <= index.slots.count {
        self.index?.insert(key.tableHash, keys.count - 1)
      } else {
        var grown = HashIndex(capacity: keys.count * 2)
        for (position, key) in keys.enumerated() { grown.insert(key.tableHash, position) }
        index = grown
      }
    }
  }

  func sorted() -> (keys: [Value], values: [Value]) { ValueObject.sort(keys, values) }
}
