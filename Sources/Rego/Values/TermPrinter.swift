import JSON

/// Writes values as Rego source, as OPA's error messages, `print` and `sprintf` show them.
/// Source: OPA v1/ast/term.go, the `String` methods.
struct TermPrinter {
  var bytes: [UInt8] = []

  mutating func write(_ value: Value) {
    switch value {
    case .undefined: bytes.append(contentsOf: "undefined".utf8)
    case .null: bytes.append(contentsOf: "null".utf8)
    case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .number(let value): value.text.withBytes { bytes.append(contentsOf: $0) }
    case .string(let text): text.withBytes { GoQuote.append($0, to: &bytes) }
    case .array(let array): write(array.elements, "[", "]")
    case .set(let set):
      if set.isEmpty { bytes.append(contentsOf: "set()".utf8) } else { write(set.elements, "{", "}") }
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (position, key) in object.keys.enumerated() {
        if position > 0 { bytes.append(contentsOf: ", ".utf8) }
        write(key)
        bytes.append(contentsOf: ": ".utf8)
        write(object.values[position])
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func write(_ elements: [Value], _ open: StaticString, _ close: StaticString) {
    bytes.append(open.utf8Start.pointee)
    for (position, element) in elements.enumerated() {
      if position > 0 { bytes.append(contentsOf: ", ".utf8) }
      write(element)
    }
    bytes.append(close.utf8Start.pointee)
  }
}

extension Value {
  /// The value as a term of Rego: `{"a": [1, {2}]}`, `set()`.
  public var termText: Text {
    var printer = TermPrinter()
    printer.write(self)
    return Text(bytes: printer.bytes)
  }
}

extension Value: CustomStringConvertible {
  public var description: String { termText.string }
}

/// Strings in double quotes as Go's `strconv.Quote` writes them.
enum GoQuote {
  static func append(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8], asciiOnly: Bool = false) {
    bytes.append(UInt8(ascii: "\""))
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
          bytes.append(UInt8(ascii: "\\"))
          bytes.append(byte)
        case 0x20..<0x7F: bytes.append(byte)
        case 0x07: bytes.append(contentsOf: "\\a".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0B: bytes.append(contentsOf: "\\v".utf8)
        default: appendHex(UInt32(byte), digits: 2, letter: "x", to: &bytes)
        }
        continue
      }
      let (point, length) = Runes.decode(text, at: offset)
      if length == 1, point == Runes.replacement {
        appendHex(UInt32(byte), digits: 2, letter: "x", to: &bytes)
      } else if !asciiOnly, Runes.isPrintable(point) {
        bytes.append(contentsOf: text[offset..<offset + length])
      } else if point < 0x10000 {
        appendHex(point, digits: 4, letter: "u", to: &bytes)
      } else {
        appendHex(point, digits: 8, letter: "U", to: &bytes)
      }
      offset += length
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendHex(_ value: UInt32, digits: Int, letter: Character, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(contentsOf: String(letter).utf8)
    for position in (0..<digits).reversed() {
      let digit = UInt8(value >> UInt32(position * 4) & 15)
      bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
