import JSON

/// Code points of a text as Go's `range` over a string gives them: each byte that is no part of valid UTF-8 counts as one
/// U+FFFD.
enum Runes {
  static let replacement: UInt32 = 0xFFFD

  /// The code point at an offset and its length in bytes (1 for an invalid byte).
  @inline(__always)
  static func decode(_ text: UnsafeRawBufferPointer, at offset: Int) -> (point: UInt32, length: Int) {
    let first = text[offset]
    if first < 0x80 { return (UInt32(first), 1) }
    let length = UTF8Sequence.length(text, at: offset)
    func tail(_ position: Int) -> UInt32 { UInt32(text[offset + position] & 0x3F) }
    switch length {
    case 2: return (UInt32(first & 0x1F) << 6 | tail(1), 2)
    case 3: return (UInt32(first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
    case 4: return (UInt32(first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    default: return (replacement, 1)
    }
  }

  static func all(_ text: Text) -> [UInt32] {
    text.withBytes { bytes in
      var points: [UInt32] = []
      points.reserveCapacity(bytes.count)
      var offset = 0
      while offset < bytes.count {
        let (point, length) = decode(bytes, at: offset)
        points.append(point)
        offset += length
      }
      return points
    }
  }

  static func count(_ text: Text) -> Int {
    text.withBytes { bytes in
      var count = 0
      var offset = 0
      while offset < bytes.count {
        offset += bytes[offset] < 0x80 ? 1 : decode(bytes, at: offset).length
        count += 1
      }
      return count
    }
  }

  static func text(_ points: some Sequence<UInt32>) -> Text {
    var bytes: [UInt8] = []
    for point in points { UTF8Sequence.append(point, to: &bytes) }
    return Text(bytes: bytes)
  }

  /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
  static func isPrintable(_ point: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(point) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
    case .spaceSeparator: return point == 0x20
    default: return true
    }
  }

  /// Go's `unicode.IsSpace` (White_Space).
  static func isSpace(_ point: UInt32) -> Bool {
    switch point {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Go's `unicode.ToLower`: the simple mapping, one code point to one.
  static func lower(_ point: UInt32) -> UInt32 {
    if point < 0x80 { return point &- 0x41 < 26 ? point + 0x20 : point }
    // The one scalar whose full mapping is longer than its simple one.
    if point == 0x130 { return 0x69 }
    guard let scalar = Unicode.Scalar(point) else { return point }
    let mapped = scalar.properties.lowercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first?.value ?? point : point
  }

  /// Go's `unicode.ToUpper`: the simple mapping, so `ß` stays and `ŉ` too.
  static func upper(_ point: UInt32) -> UInt32 {
    if point < 0x80 { return point &- 0x61 < 26 ? point - 0x20 : point }
    guard let scalar = Unicode.Scalar(point) else { return point }
    switch point {
    // Greek with iota subscript: the simple mapping is the title case letter, the full one two letters.
    case 0x1F80...0x1F87, 0x1F90...0x1F97, 0x1FA0...0x1FA7: return point + 8
    case 0x1FB3, 0x1FC3, 0x1FF3: return point + 9
    default: break
    }
    let mapped = scalar.properties.uppercaseMapping.unicodeScalars
    return mapped.count == 1 ? mapped.first?.value ?? point : point
  }
}
