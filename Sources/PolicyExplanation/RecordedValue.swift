import Rego
import S3Model

/// A part of an audit line, undefined where it is not there.
struct RecordedValue {
  let value: Value

  init(_ value: Value) { self.value = value }

  subscript(_ name: String) -> RecordedValue { RecordedValue(value.lookUp(.string(Text(name)))) }

  var isThere: Bool { !value.isUndefined }
  var isNull: Bool { if case .null = value { true } else { false } }
  var text: ByteString? { if case .string(let text) = value { ByteString(text.bytes) } else { nil } }
  var string: String? { if case .string(let text) = value { text.string } else { nil } }
  // Not inlined: the optimizer of Swift 6.3.1 ends with an ownership error in functions that it is inlined into.
  @inline(never)
  var integer: Int64? { if case .integer(let number) = value { number } else { nil } }
  var boolean: Bool? { if case .boolean(let flag) = value { flag } else { nil } }
  var elements: [RecordedValue] {
    if case .array(let array) = value { array.elements.map(RecordedValue.init) } else { [] }
  }
  var texts: [ByteString] { elements.compactMap(\.text) }
  var integers: [Int64] { elements.compactMap(\.integer) }
  var members: [(name: ByteString, value: RecordedValue)] {
    guard case .object(let object) = value else { return [] }
    return zip(object.keys, object.values).compactMap { key, value in
      if case .string(let name) = key { (ByteString(name.bytes), RecordedValue(value)) } else { nil }
    }
  }
  /// `[["key","value"],…]`
  var pairs: [(ByteString, ByteString)]? {
    guard case .array = value else { return nil }
    return elements.compactMap { pair in
      let texts = pair.texts
      return texts.count == 2 ? (texts[0], texts[1]) : nil
    }
  }
}
