/// A set of Rego, held in order, found by hash.
public final class ValueSet: Sendable {
  /// In OPA's order of values, without repetition.
  public let elements: [Value]
  @usableFromInline let index: HashIndex?
  /// Where the elements stand.
  @usableFromInline nonisolated(unsafe) let start: UnsafePointer<Value>

  /// - Precondition: elements are sorted and unique.
  @inlinable
  public init(sorted elements: [Value]) {
    self.elements = elements
    start = elements.fixedStart
    index = elements.count < HashIndex.countMin ? nil : HashIndex(elements)
  }

  public static let empty = ValueSet(sorted: [])

  /// In any order, with repetitions.
  public convenience init(_ elements: [Value]) {
    let ordered = elements.sorted()
    var unique: [Value] = []
    unique.reserveCapacity(ordered.count)
    for element in ordered where unique.last != element { unique.append(element) }
    self.init(sorted: unique)
  }

  @inlinable public var count: Int { elements.count }
  var isIndexed: Bool { count >= HashIndex.countMin }
  @inlinable public var isEmpty: Bool { elements.isEmpty }

  @inlinable
  public func contains(_ value: Value) -> Bool {
    if let index { return index.find(value, value.tableHash, in: elements) != nil }
    for element in elements where element == value { return true }
    return false
  }

  @inlinable public var tableHash: UInt64 {
    var state: UInt64 = 7
    for element in elements { state = ByteHash.mix(state, element.tableHash) }
    return state
  }

  func compare(_ other: ValueSet) -> Int {
    for (left, right) in zip(elements, other.elements) {
      let order = left.compare(right)
      if order != 0 { return order }
    }
    return count - other.count
  }
}

extension ValueSet: Equatable {
  public static func == (left: ValueSet, right: ValueSet) -> Bool {
    left === right || left.elements == right.elements
  }
}
