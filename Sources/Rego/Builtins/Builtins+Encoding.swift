/// base64, hex and URL queries.
enum EncodingBuiltins {
  static let all: [Builtin] = [
    Builtin("base64.encode", [.string], .string) { operands, context throws(BuiltinError) in
      .string(Base64Text.encode(try charged(operands, context), url: false, padded: true))
    },
    Builtin("base64.decode", [.string], .string) { operands, context throws(BuiltinError) in
      .string(try Base64Text.decode(try charged(operands, context), url: false))
    },
    Builtin("base64.is_valid", [.string], .boolean) { operands, context throws(BuiltinError) in
      guard case .string(let text) = operands[0] else { return false }
      try context.charge(instructions: text.byteCount / 4, bytes: text.byteCount)
      do throws(BuiltinError) {
        _ = try Base64Text.decode(text, url: false)
        return true
      } catch {
        return false
      }
    },
    Builtin("base64url.encode", [.string], .string) { operands, context throws(BuiltinError) in
      .string(Base64Text.encode(try charged(operands, context), url: true, padded: true))
    },
    Builtin("base64url.encode_no_pad", [.string], .string) { operands, context throws(BuiltinError) in
      .string(Base64Text.encode(try charged(operands, context), url: true, padded: false))
    },
    Builtin("base64url.decode", [.string], .string) { operands, context throws(BuiltinError) in
      var text = try charged(operands, context)
      // Padding may be left out (RFC 7515, appendix C).
      if text.withBytes({ $0.last != 0x3D }) {
        switch text.byteCount % 4 {
        case 0: break
        case 2: text = Text(bytes: text.bytes + [0x3D, 0x3D])
        case 3: text = Text(bytes: text.bytes + [0x3D])
        default: throw .failed("illegal base64url string: \(text)")
        }
      }
      return .string(try Base64Text.decode(text, url: true))
    },
    Builtin("hex.encode", [.string], .string) { operands, context throws(BuiltinError) in
      .string(Text(bytes: try charged(operands, context).bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }))
    },
    Builtin("hex.decode", [.string], .string, hexDecode),
    Builtin("urlquery.encode", [.string], .string) { operands, context throws(BuiltinError) in
      var output: [UInt8] = []
      escape(try charged(operands, context), to: &output)
      return .string(Text(bytes: output))
    },
    Builtin("urlquery.decode", [.string], .string) { operands, context throws(BuiltinError) in
      .string(try unescape(ArraySlice(try charged(operands, context).bytes)))
    },
    Builtin(
      "urlquery.encode_object", [.object(.string, .anyOf([.string, .array(of: .string), .set(of: .string)]))], .string,
      encodeObject),
    Builtin("urlquery.decode_object", [.string], .object(.string, .array(of: .string)), decodeObject),
  ]

  private static func charged(_ operands: Operands, _ context: any BuiltinContext) throws(BuiltinError) -> Text {
    let text = try operands.text(0)
    try context.charge(instructions: text.byteCount / 4, bytes: text.byteCount * 2)
    return text
  }

  static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static let hexDecode: BuiltinFunction = { operands, context throws(BuiltinError) in
    let bytes = try charged(operands, context).bytes
    var output: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      guard let value = hexValue(byte) else {
        var formatter = GoFormat([.integer(Int64(byte))])
        try formatter.format("%#U", context)
        throw .failed("encoding/hex: invalid byte: \(String(decoding: formatter.output, as: UTF8.self))")
      }
      if index % 2 == 0 { output.append(value << 4) } else { output[output.count - 1] |= value }
    }
    guard bytes.count % 2 == 0 else { throw .failed("encoding/hex: odd length hex string") }
    return .string(Text(bytes: output))
  }

  static func queryEscaped(_ text: Text) -> [UInt8] {
    var output: [UInt8] = []
    escape(text, to: &output)
    return output
  }

  private static func escape(_ text: Text, to output: inout [UInt8]) {
    text.withBytes { bytes in
      for byte in bytes {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
          UInt8(ascii: "~"):
          output.append(byte)
        case 0x20: output.append(UInt8(ascii: "+"))
        default:
          output.append(UInt8(ascii: "%"))
          for digit in [byte >> 4, byte & 15] { output.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
        }
      }
    }
  }

  private static func unescape(_ bytes: ArraySlice<UInt8>) throws(BuiltinError) -> Text {
    var output: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.endIndex, let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
        else {
          let piece = Value.string(Text(bytes: Array(bytes[index..<min(index + 3, bytes.endIndex)]))).termText
          throw .failed("invalid URL escape \(piece)")
        }
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        index += 1
      }
    }
    return Text(bytes: output)
  }

  private static let encodeObject: BuiltinFunction = { operands, context throws(BuiltinError) in
    let object = try operands.object(0)
    var members: [(name: Text, values: [Text])] = []
    for (key, value) in zip(object.keys, object.values) {
      var texts: [Text] = []
      switch value {
      case .string(let text): texts = [text]
      case .array, .set:
        for element in value.elements {
          guard case .string(let text) = element else {
            throw .operand(1, message: "values must be string, array[string], or set[string]")
          }
          texts.append(text)
        }
      default: throw .operand(1, message: "values must be string, array[string], or set[string]")
      }
      if case .string(let name) = key { members.append((name, texts)) } else { members.append((key.jsonText, texts)) }
    }
    members.sort { $0.name < $1.name }
    var output: [UInt8] = []
    for (name, values) in members {
      for value in values {
        if !output.isEmpty { output.append(UInt8(ascii: "&")) }
        escape(name, to: &output)
        output.append(UInt8(ascii: "="))
        escape(value, to: &output)
      }
    }
    try context.charge(instructions: output.count, bytes: output.count)
    return .string(Text(bytes: output))
  }

  private static let decodeObject: BuiltinFunction = { operands, context throws(BuiltinError) in
    let bytes = try charged(operands, context).bytes
    var builder = ValueObjectBuilder()
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      guard !piece.contains(UInt8(ascii: ";")) else { throw .failed("invalid semicolon separator in query") }
      let parts = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = Value.string(try unescape(parts[0]))
      let value = Value.string(parts.count > 1 ? try unescape(parts[1]) : .empty)
      if case .array(let values) = builder[name] {
        try context.charge(instructions: values.count, bytes: values.count * 16)
        builder[name] = .array(ValueArray(values.elements + [value]))
      } else {
        builder[name] = [value]
      }
    }
    return .object(ValueObject(builder))
  }
}

extension Value {
  /// Of an array or a set; empty for everything else.
  var elements: [Value] {
    switch self {
    case .array(let array): array.elements
    case .set(let set): set.elements
    default: []
    }
  }
}
