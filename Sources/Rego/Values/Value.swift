/// A value of Rego: what JSON can say, sets, and objects with any keys. 16 bytes; scalars need no allocation.
///
/// Containers are immutable once made and may be shared between threads.
public enum Value: Sendable {
  /// No value: an undefined document. Never an element of a container.
  case undefined
  case null
  case boolean(Bool)
  /// Every integer that fits and was not written in another way.
  case integer(Int64)
  /// Any other number: an integer beyond 64 bits, a decimal, or a small integer written as `1.0` or `1e2`, which keeps
  /// its literal and yet equals the integer.
  case number(BigNumber)
  case string(Text)
  case array(ValueArray)
  case object(ValueObject)
  case set(ValueSet)
}

extension Value {
  @inlinable public var isUndefined: Bool { if case .undefined = self { true } else { false } }

  /// False for `undefined` and `false`: what makes an expression fail.
  @inlinable public var isTruthy: Bool {
    switch self {
    case .undefined, .boolean(false): false
    default: true
    }
  }

  /// OPA's name of the type, as `type_name` and error messages give it.
  public var typeName: String {
    switch self {
    case .undefined: "undefined"
    case .null: "null"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    case .set: "set"
    }
  }

  /// Rank in OPA's order across types: null, boolean, number, string, array, object, set.
  @inlinable var typeRank: Int {
    switch self {
    case .undefined: -1
    case .null: 0
    case .boolean: 1
    case .integer, .number: 2
    case .string: 3
    case .array: 4
    case .object: 5
    case .set: 6
    }
  }

  /// The value at a key: member of an object, element of an array by index, element of a set itself.
  /// `.undefined` when there is none.
  @inlinable
  public func lookUp(_ key: Value) -> Value {
    switch self {
    case .object(let object): return object[key]
    case .array(let array):
      guard case .integer(let index) = key else { return array.element(at: key) }
      return index >= 0 && index < array.count ? array[Int(index)] : .undefined
    case .set(let set): return set.contains(key) ? key : .undefined
    default: return .undefined
    }
  }
}

extension Value: Hashable {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.undefined, .undefined), (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number, .number), (.integer, .number), (.number, .integer): BigNumber.compare(left, right) == 0
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    case (.set(let left), .set(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(tableHash) }

  /// The hash that the tables of objects and sets use; equal values have equal ones.
  @inlinable public var tableHash: UInt64 {
    switch self {
    case .undefined: 1
    case .null: ByteHash.mix(2, 2)
    case .boolean(let value): ByteHash.mix(3, value ? 1 : 0)
    case .integer(let value): ByteHash.mix(4, UInt64(bitPattern: value))
    case .number(let value): value.tableHash
    case .string(let value): value.hash
    case .array(let value): value.tableHash
    case .object(let value): value.tableHash
    case .set(let value): value.tableHash
    }
  }
}

extension Value: Comparable {
  public static func < (left: Value, right: Value) -> Bool { left.compare(right) < 0 }

  /// Negative, zero or positive in OPA's total order: by type, then by value; arrays and sets element by element in
  /// order, objects by keys and values in key order, the shorter one first when it is a prefix.
  /// Source: OPA v1/ast/compare.go.
  public func compare(_ other: Value) -> Int {
    switch (self, other) {
    case (.integer(let left), .integer(let right)): left < right ? -1 : (left == right ? 0 : 1)
    case (.string(let left), .string(let right)): left.compare(right)
    case (.boolean(let left), .boolean(let right)): left == right ? 0 : (right ? -1 : 1)
    case (.integer, .number), (.number, .integer), (.number, .number): BigNumber.compare(self, other)
    case (.array(let left), .array(let right)): left.compare(right)
    case (.object(let left), .object(let right)): left.compare(right)
    case (.set(let left), .set(let right)): left.compare(right)
    default: typeRank - other.typeRank
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .string(Text(value)) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(arrayLiteral elements: Value...) { self = .array(ValueArray(elements)) }
}
