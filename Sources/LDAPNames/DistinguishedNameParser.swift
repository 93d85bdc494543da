/// Reads the text of RFC 4514 and what older software writes: spaces around separators, types as numbers.
struct DistinguishedNameParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Each level's `type=value` texts; nil where it is malformed.
  mutating func levels(max: Int) -> [[[UInt8]]]? {
    var levels: [[[UInt8]]] = []
    var level: [[UInt8]] = []
    while true {
      guard let type = type(), let value = value(), level.count < max else { return nil }
      level.append(type + [0x3D] + value)
      if index < bytes.count, bytes[index] == 0x2B {
        index += 1
        continue
      }
      levels.append(level)
      level = []
      guard index < bytes.count else { return levels }
      guard bytes[index] == 0x2C, levels.count < max else { return nil }
      index += 1
    }
  }

  private mutating func skipSpaces() {
    while index < bytes.count, bytes[index] == 0x20 { index += 1 }
  }

  /// Up to and with `=`.
  private mutating func type() -> [UInt8]? {
    skipSpaces()
    let start = index
    while index < bytes.count, Self.isTypeByte(bytes[index]) { index += 1 }
    var type = bytes[start..<index].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    skipSpaces()
    guard !type.isEmpty, index < bytes.count, bytes[index] == 0x3D else { return nil }
    index += 1
    if type.starts(with: "oid.".utf8) { type.removeFirst(4) }
    guard let first = type.first else { return nil }
    if (0x30...0x39).contains(first) {
      guard type.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else { return nil }
    } else {
      guard (0x61...0x7A).contains(first), !type.contains(0x2E) else { return nil }
    }
    return Self.shortNames[String(decoding: type, as: UTF8.self)].map { Array($0.utf8) } ?? type
  }

  private static func isTypeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
    default: false
    }
  }

  /// Source: RFC 4514 section 3, and the names that directories write in full.
  private static let shortNames = [
    "2.5.4.3": "cn", "commonname": "cn", "2.5.4.7": "l", "localityname": "l", "2.5.4.8": "st",
    "stateorprovincename": "st", "2.5.4.10": "o", "organizationname": "o", "2.5.4.11": "ou",
    "organizationalunitname": "ou", "2.5.4.6": "c", "countryname": "c", "2.5.4.9": "street", "streetaddress": "street",
    "0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc", "0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
  ]

  /// Up to the separator or the end, in its one form.
  private mutating func value() -> [UInt8]? {
    skipSpaces()
    if index < bytes.count, bytes[index] == 0x23 { return encodedValue() }
    var raw: [UInt8] = []
    // Spaces that were escaped are a part of the text, though none of the comparison.
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x2C, 0x2B: return Self.normalized(raw)
      case 0x5C:
        guard let unescaped = escaped() else { return nil }
        raw.append(unescaped)
      case 0x22, 0x3B, 0x3C, 0x3E, 0x00: return nil
      default:
        raw.append(byte)
        index += 1
      }
    }
    return Self.normalized(raw)
  }

  private mutating func escaped() -> UInt8? {
    guard index + 1 < bytes.count else { return nil }
    let next = bytes[index + 1]
    switch next {
    case 0x22, 0x2B, 0x2C, 0x3B, 0x3C, 0x3E, 0x20, 0x23, 0x3D, 0x5C:
      index += 2
      return next
    default:
      guard index + 2 < bytes.count, let high = Self.hex(next), let low = Self.hex(bytes[index + 2]) else { return nil }
      index += 3
      return high << 4 | low
    }
  }

  /// `#` and the value's BER in hexadecimal. Strings are read; others stay as they are.
  private mutating func encodedValue() -> [UInt8]? {
    index += 1
    var decoded: [UInt8] = []
    while index + 1 < bytes.count, let high = Self.hex(bytes[index]), let low = Self.hex(bytes[index + 1]) {
      decoded.append(high << 4 | low)
      index += 2
    }
    skipSpaces()
    guard decoded.count >= 2, index == bytes.count || bytes[index] == 0x2C || bytes[index] == 0x2B else { return nil }
    let isString = [0x0C, 0x13, 0x16].contains(decoded[0])
    if isString, decoded[1] < 0x80, Int(decoded[1]) == decoded.count - 2 {
      return Self.normalized(Array(decoded.dropFirst(2)))
    }
    return [0x23] + decoded.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 0xF)]] }
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func normalized(_ raw: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: raw, as: UTF8.self) else { return nil }
    // Names are shown, logged, and a part of ARNs.
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else { return nil }
    var result: [UInt8] = []
    for word in text.lowercased().utf8.split(separator: 0x20) {
      if !result.isEmpty { result.append(0x20) }
      for byte in word {
        switch byte {
        case 0x22, 0x2B, 0x2C, 0x3B, 0x3C, 0x3E, 0x5C: result += [0x5C, byte]
        case 0x23 where result.isEmpty: result += [0x5C, byte]
        default: result.append(byte)
        }
      }
    }
    return result.isEmpty ? nil : result
  }
}
