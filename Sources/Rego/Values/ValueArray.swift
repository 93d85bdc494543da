/// An array of Rego.
public final class ValueArray: Sendable {
  public let elements: [Value]
  /// Where the elements stand.
  @usableFromInline nonisolated(unsafe) let start: UnsafePointer<Value>

  @inlinable
  public init(_ elements: [Value]) {
    self.elements = elements
    start = elements.fixedStart
  }

  public static let empty = ValueArray([])

  @inlinable public var count: Int { elements.count }
  @inlinable public var isEmpty: Bool { elements.isEmpty }
  @inlinable public subscript(index: Int) -> Value { elements[index] }

  /// By a whole number written in another way, such as `1.0`.
  @usableFromInline
  func element(at key: Value) -> Value {
    guard case .number(let number) = key, let index = number.small, index >= 0, index < count else { return .undefined }
    return elements[Int(index)]
  }

  @inlinable public var tableHash: UInt64 {
    var state: UInt64 = 5
    for element in elements { state = ByteHash.mix(state, element.tableHash) }
    return state
  }

  func compare(_ other: ValueArray) -> Int {
    for (left, right) in zip(elements, other.elements) {
      let order = left.compare(right)
      if order != 0 { return order }
    }
    return count - other.count
  }
}

extension ValueArray: Equatable {
  public static func == (left: ValueArray, right: ValueArray) -> Bool {
    left === right || left.elements == right.elements
  }
}

extension [Value] {
  /// Where the elements of an array stand that is never changed.
  @inlinable var fixedStart: UnsafePointer<Value> {
    // The storage of a native array has one place while somebody keeps it.
    withUnsafeBufferPointer { $0.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Value>.alignment)! }
  }
}
