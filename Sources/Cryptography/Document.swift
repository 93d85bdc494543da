import COpenSSL

/// A JSON value to be written: what policies read of certificates and keys, in the shape that OPA gives it (Go's
/// `encoding/json` over `crypto/x509`).
indirect enum Document {
  case null
  case bool(Bool)
  case integer(Int)
  /// Big-endian, unsigned, of any size.
  case number([UInt8])
  case text(String)
  /// Written in standard base64.
  case bytes([UInt8])
  case list([Document])
  case object([(StaticString, Document)])

  /// Go writes a slice that was never filled as `null`.
  static func nullable<Element>(_ elements: [Element], _ write: (Element) -> Document) -> Document {
    elements.isEmpty ? .null : .list(elements.map(write))
  }

  static func texts(_ texts: [String]) -> Document { nullable(texts) { .text($0) } }
  static func identifier(_ arcs: [Int]) -> Document { .list(arcs.map { .integer($0) }) }

  /// JSON text.
  var json: [UInt8] {
    var output: [UInt8] = []
    append(to: &output)
    return output
  }

  private func append(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let number): output.append(contentsOf: String(number).utf8)
    case .number(let digits): output.append(contentsOf: Self.decimal(digits))
    case .text(let text): Self.append(text, to: &output)
    case .bytes(let bytes):
      output.append(UInt8(ascii: "\""))
      bytes.withUnsafeBytes { Base64.append($0, to: &output) }
      output.append(UInt8(ascii: "\""))
    case .list(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        element.append(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, (name, value)) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "\""))
        output.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        output.append(contentsOf: "\":".utf8)
        value.append(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0..<0x20:
        output.append(contentsOf: "\\u00".utf8)
        output.append(Hex.digit(byte >> 4))
        output.append(Hex.digit(byte & 15))
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func decimal(_ digits: [UInt8]) -> [UInt8] {
    guard let count = Int32(exactly: digits.count), let number = BN_bin2bn(digits, count, nil) else {
      preconditionFailure("out of memory")
    }
    defer { BN_clear_free(number) }
    guard let text = BN_bn2dec(number) else { preconditionFailure("out of memory") }
    defer { COpenSSL_free(text) }
    var output: [UInt8] = []
    var index = 0
    while text[index] != 0 {
      output.append(UInt8(bitPattern: text[index]))
      index += 1
    }
    return output
  }
}
