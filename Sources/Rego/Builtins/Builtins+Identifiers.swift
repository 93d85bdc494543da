import BigInt

/// `uuid.*`.
enum IdentifierBuiltins {
  static let all: [Builtin] = [
    Builtin("uuid.rfc4122", [.string], .string) { operands, context throws(BuiltinError) in
      if let value = context.memoized("uuid.rfc4122", operands[0]) { return value }
      var bytes = context.randomBytes(16)
      guard bytes.count == 16 else { throw .failed("no random bytes") }
      bytes[6] = bytes[6] & 0x0F | 0x40
      bytes[8] = bytes[8] & 0x3F | 0x80
      var text: [UInt8] = []
      for (index, byte) in bytes.enumerated() {
        if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
        text += [EncodingBuiltins.hexDigit(byte >> 4), EncodingBuiltins.hexDigit(byte & 15)]
      }
      let value = Value.string(Text(bytes: text))
      context.memoize("uuid.rfc4122", operands[0], value)
      return value
    },
    Builtin("uuid.parse", [.string], .object(.string, .any)) { operands, _ throws(BuiltinError) in
      guard let bytes = bytes(try operands.text(0).bytes) else { return .undefined }
      return .object(ValueObject(members(bytes)))
    },
  ]

  /// The four spellings that Go's google/uuid knows: plain, `urn:uuid:`, in braces, without dashes.
  private static func bytes(_ text: [UInt8]) -> [UInt8]? {
    var text = text[...]
    switch text.count {
    case 36: break
    case 45:
      guard String(decoding: text.prefix(9), as: UTF8.self).lowercased() == "urn:uuid:" else { return nil }
      text = text.dropFirst(9)
    case 38: text = text.dropFirst().dropLast()
    case 32: break
    default: return nil
    }
    var digits = Array(text)
    if digits.count == 36 {
      for place in [23, 18, 13, 8] {
        guard digits[place] == UInt8(ascii: "-") else { return nil }
        digits.remove(at: place)
      }
    }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 32, by: 2) {
      guard let high = EncodingBuiltins.hexValue(digits[index]), let low = EncodingBuiltins.hexValue(digits[index + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func members(_ bytes: [UInt8]) -> [(Value, Value)] {
    let version = bytes[6] >> 4
    let variant: Value =
      switch bytes[8] {
      case 0x80...0xBF: "RFC4122"
      case 0xC0...0xDF: "Microsoft"
      case 0xE0...0xFF: "Future"
      default: "Reserved"
      }
    var members: [(Value, Value)] = [("version", .integer(Int64(version))), ("variant", variant)]
    guard version == 1 || version == 2 else { return members }
    func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
    // 100 ns since 15 October 1582; Go counts seconds first, so that the sum may wrap as its does.
    let ticks = Int64(number(6..<8) & 0xFFF) << 48 | Int64(number(4..<6)) << 32 | Int64(number(0..<4))
    let (seconds, rest) = (ticks - 0x01B2_1DD2_1381_4000).quotientAndRemainder(dividingBy: 10_000_000)
    members.append(("time", .integer(seconds &* 1_000_000_000 &+ rest &* 100)))
    members.append(("clocksequence", .integer(Int64(number(8..<10) & 0x3FFF))))
    let node = bytes[10...].map { [EncodingBuiltins.hexDigit($0 >> 4), EncodingBuiltins.hexDigit($0 & 15)] }
    members.append(("nodeid", .string(Text(bytes: Array(node.joined(separator: [UInt8(ascii: "-")]))))))
    let scope = bytes[10] & 2 == 0 ? "global" : "local"
    members.append(("macvariables", .string(Text(scope + (bytes[10] & 1 == 0 ? ":unicast" : ":multicast")))))
    if version == 2 {
      members.append(("id", .integer(Int64(number(0..<4)))))
      let domain =
        switch bytes[9] {
        case 0: "Person"
        case 1: "Group"
        case 2: "Org"
        default: "Domain\(bytes[9])"
        }
      members.append(("domain", .string(Text(domain))))
    }
    return members
  }
}
