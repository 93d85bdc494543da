extension Lexer {
  /// After the opening quote.
  mutating func scanString(from start: Mark) -> Token {
    let first = mark.position
    while true {
      guard let byte = current, byte != UInt8(ascii: "\n") else {
        report("non-terminated string")
        return token(.string, from: start)
      }
      advance()
      if byte == UInt8(ascii: "\"") { return token(.string, from: start, content: first..<mark.position - 1) }
      if byte == UInt8(ascii: "\\") { scanEscape(braces: false) }
    }
  }

  mutating func scanRawString(from start: Mark) -> Token {
    let first = mark.position
    while let byte = current {
      advance()
      if byte == UInt8(ascii: "`") { return token(.rawString, from: start, content: first..<mark.position - 1) }
    }
    report("non-terminated string")
    return token(.rawString, from: start)
  }

  mutating func scanTemplate(from start: Mark) -> Token {
    let first = mark.position
    while true {
      guard let byte = current, byte != UInt8(ascii: "\n") else {
        report("non-terminated string")
        return token(.templateEnd, from: start)
      }
      advance()
      if byte == UInt8(ascii: "\"") { return token(.templateEnd, from: start, content: first..<mark.position - 1) }
      if byte == UInt8(ascii: "{") { return token(.templatePart, from: start, content: first..<mark.position - 1) }
      if byte == UInt8(ascii: "\\") { scanEscape(braces: true) }
    }
  }

  mutating func scanRawTemplate(from start: Mark) -> Token {
    let first = mark.position
    while let byte = current {
      advance()
      if byte == UInt8(ascii: "`") { return token(.rawTemplateEnd, from: start, content: first..<mark.position - 1) }
      if byte == UInt8(ascii: "{") { return token(.rawTemplatePart, from: start, content: first..<mark.position - 1) }
      if byte == UInt8(ascii: "\\"), current == UInt8(ascii: "{") { advance() }
    }
    report("non-terminated string")
    return token(.rawTemplateEnd, from: start)
  }

  /// After the backslash. Whether four hexadecimal digits follow a `u` shows when the string is decoded.
  private mutating func scanEscape(braces: Bool) {
    switch current {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      advance()
    case UInt8(ascii: "{") where braces: advance()
    case UInt8(ascii: "u"): advance()
    default: report("illegal escape sequence")
    }
  }
}

/// The meaning of the text between the quotes of strings.
enum StringLiteral {
  /// JSON's escapes, and `\{` where braces are meant; nil when there is another one or a control character stands
  /// unescaped beside an escape, as Go's JSON reader has it.
  static func decode(_ bytes: ArraySlice<UInt8>, braces: Bool) -> Text? {
    guard bytes.contains(UInt8(ascii: "\\")) else { return Text(bytes: Array(bytes)) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte < 0x20 { return nil }
      if byte != UInt8(ascii: "\\") {
        result.append(byte)
        continue
      }
      guard let escape = rest.popFirst() else { return nil }
      switch escape {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): result.append(escape)
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "f"): result.append(12)
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "{") where braces: result.append(escape)
      case UInt8(ascii: "u"):
        guard let unit = hexadecimal(&rest) else { return nil }
        append(scalar(unit, &rest), to: &result)
      default: return nil
      }
    }
    return Text(bytes: result)
  }

  /// `\{` alone, in raw template strings.
  static func decodeRaw(_ bytes: ArraySlice<UInt8>) -> Text {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "{") { continue }
      result.append(byte)
    }
    return Text(bytes: result)
  }

  /// A pair of surrogates is one character, a lone one is replaced.
  private static func scalar(_ unit: UInt32, _ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
    if let scalar = Unicode.Scalar(unit) { return scalar }
    if unit < 0xDC00, rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
      var ahead = rest.dropFirst(2)
      if let low = hexadecimal(&ahead), low >= 0xDC00, low < 0xE000,
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      {
        rest = ahead
        return scalar
      }
    }
    return "\u{FFFD}"
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: Array(String(scalar).utf8))
  }

  private static func hexadecimal(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
    guard rest.count >= 4 else { return nil }
    var value: UInt32 = 0
    for byte in rest.prefix(4) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    rest = rest.dropFirst(4)
    return value
  }
}

/// One character of UTF-8 at a place.
enum UTF8Reading {
  /// nil when the bytes there are no valid UTF-8.
  static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Unicode.Scalar? {
    let window = UnsafeBufferPointer(rebasing: bytes[position..<min(position + 4, bytes.count)])
    var iterator = window.makeIterator()
    var decoder = UTF8()
    if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
    return nil
  }
}
