/// Writes the tagged fields that all of the store's own files consist of: one byte of tag, four of length, the value.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ tag: UInt8, _ value: [UInt8]) {
    bytes.append(tag)
    append(UInt32(truncatingIfNeeded: value.count))
    bytes.append(contentsOf: value)
  }

  mutating func append(_ tag: UInt8, _ value: some FixedWidthInteger) {
    append(tag, withUnsafeBytes(of: value.littleEndian) { Array($0) })
  }

  mutating func append(_ tag: UInt8, _ pair: NamedValue) {
    var inner = RecordWriter()
    inner.append(1, pair.name)
    inner.append(2, pair.value)
    append(tag, inner.bytes)
  }

  private mutating func append(_ value: UInt32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what ``RecordWriter`` wrote. Anything else ends the reading: the caller misses a field and says so.
struct RecordReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> (tag: UInt8, value: ArraySlice<UInt8>)? {
    guard rest.count >= 5 else { return nil }
    let start = rest.startIndex
    let length = Int(Self.integer(rest[start + 1..<start + 5], as: UInt32.self) ?? 0)
    guard rest.count - 5 >= length else { return nil }
    defer { rest = rest[(start + 5 + length)...] }
    return (rest[start], rest[start + 5..<start + 5 + length])
  }

  static func integer<I: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as type: I.Type) -> I? {
    guard bytes.count == MemoryLayout<I>.size else { return nil }
    var value: I = 0
    for byte in bytes.reversed() { value = value << 8 | I(truncatingIfNeeded: byte) }
    return value
  }

  static func pair(_ bytes: ArraySlice<UInt8>) -> NamedValue? {
    var reader = RecordReader(bytes)
    guard let name = reader.next(), name.tag == 1, let value = reader.next(), value.tag == 2, reader.isAtEnd else {
      return nil
    }
    return NamedValue(name: Array(name.value), value: Array(value.value))
  }
}
