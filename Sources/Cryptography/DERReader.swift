/// Reads DER (ITU-T X.690) value by value. Every length is checked against what is there; definite lengths only.
struct DERReader {
  /// Tags as their identifier byte, class and constructed bit included; higher tag numbers do not occur in X.509.
  enum Tag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let utf8String: UInt8 = 0x0C
    static let numericString: UInt8 = 0x12
    static let printableString: UInt8 = 0x13
    static let t61String: UInt8 = 0x14
    static let ia5String: UInt8 = 0x16
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let bmpString: UInt8 = 0x1E
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static func context(_ number: UInt8) -> UInt8 { 0x80 | number }
    static func contextConstructed(_ number: UInt8) -> UInt8 { 0xA0 | number }
  }

  /// A value of the wrong kind, or no DER.
  struct Malformed: Error {}

  struct Value {
    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// With tag and length.
    let whole: ArraySlice<UInt8>

    var reader: DERReader { DERReader(content) }
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }
  var nextTag: UInt8? { rest.first }

  mutating func next() throws(Malformed) -> Value {
    let start = rest.startIndex
    guard rest.count >= 2 else { throw Malformed() }
    let tag = rest[start]
    guard tag & 0x1F != 0x1F else { throw Malformed() }
    let first = rest[start + 1]
    var header = 2
    var count = Int(first)
    if first >= 0x80 {
      let lengthCount = Int(first & 0x7F)
      guard lengthCount > 0, lengthCount <= 4, rest.count >= 2 + lengthCount else { throw Malformed() }
      count = rest[(start + 2)..<(start + 2 + lengthCount)].reduce(0) { $0 << 8 | Int($1) }
      header += lengthCount
      // DER has one way to write a length.
      guard count >= 0x80, lengthCount == 1 || count >> ((lengthCount - 1) * 8) > 0 else { throw Malformed() }
    }
    guard count <= rest.count - header else { throw Malformed() }
    let end = start + header + count
    let value = Value(tag: tag, content: rest[(start + header)..<end], whole: rest[start..<end])
    rest = rest[end...]
    return value
  }

  mutating func next(_ tag: UInt8) throws(Malformed) -> Value {
    guard rest.first == tag else { throw Malformed() }
    return try next()
  }

  /// nil when something else, or nothing, comes next.
  mutating func nextIf(_ tag: UInt8) throws(Malformed) -> Value? {
    rest.first == tag ? try next() : nil
  }

  mutating func sequence() throws(Malformed) -> DERReader { try next(Tag.sequence).reader }

  func end() throws(Malformed) {
    guard rest.isEmpty else { throw Malformed() }
  }

  /// The one value that the bytes are.
  static func only(_ bytes: ArraySlice<UInt8>, _ tag: UInt8) throws(Malformed) -> Value {
    var reader = DERReader(bytes)
    let value = try reader.next(tag)
    try reader.end()
    return value
  }
}

extension DERReader.Value {
  /// - Throws: unless it is 0x00 or 0xFF.
  func boolean() throws(DERReader.Malformed) -> Bool {
    guard content.count == 1, let byte = content.first, byte == 0 || byte == 0xFF else { throw DERReader.Malformed() }
    return byte != 0
  }

  /// Magnitude of an integer that is not negative, big-endian, without leading zeros.
  func unsigned() throws(DERReader.Malformed) -> [UInt8] {
    guard let first = content.first, first < 0x80 else { throw DERReader.Malformed() }
    if first == 0, content.count > 1, content[content.startIndex + 1] < 0x80 { throw DERReader.Malformed() }
    return Array(content.drop { $0 == 0 })
  }

  /// An integer from 0 to 2^31 - 1.
  func small() throws(DERReader.Malformed) -> Int {
    let digits = try unsigned()
    guard digits.count <= 4 else { throw DERReader.Malformed() }
    let number = digits.reduce(0) { $0 << 8 | Int($1) }
    guard number <= Int(Int32.max) else { throw DERReader.Malformed() }
    return number
  }

  /// The arcs of an object identifier, each at most 2^31 - 1.
  func identifier() throws(DERReader.Malformed) -> [Int] {
    var arcs: [Int] = []
    var arc = 0
    var isStart = true
    for byte in content {
      if isStart, byte == 0x80 { throw DERReader.Malformed() }
      arc = arc << 7 | Int(byte & 0x7F)
      guard arc <= Int(Int32.max) else { throw DERReader.Malformed() }
      isStart = byte < 0x80
      guard isStart else { continue }
      if arcs.isEmpty {
        let root = min(arc / 40, 2)
        arcs = [root, arc - root * 40]
      } else {
        arcs.append(arc)
      }
      arc = 0
    }
    guard isStart, !arcs.isEmpty else { throw DERReader.Malformed() }
    return arcs
  }

  /// The bytes of a bit string of whole bytes.
  func wholeBits() throws(DERReader.Malformed) -> ArraySlice<UInt8> {
    guard content.first == 0 else { throw DERReader.Malformed() }
    return content.dropFirst()
  }

  /// Text of any of the string types that names are written in.
  func text() throws(DERReader.Malformed) -> String {
    switch tag {
    case DERReader.Tag.utf8String:
      guard let text = String(validating: content, as: UTF8.self) else { throw DERReader.Malformed() }
      return text
    case DERReader.Tag.printableString:
      guard content.allSatisfy(Self.isPrintable) else { throw DERReader.Malformed() }
      return String(decoding: content, as: UTF8.self)
    case DERReader.Tag.numericString:
      guard content.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x20 }) else { throw DERReader.Malformed() }
      return String(decoding: content, as: UTF8.self)
    case DERReader.Tag.ia5String: return try ascii()
    case DERReader.Tag.t61String:
      // As everybody reads it: Latin-1.
      return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
    case DERReader.Tag.bmpString:
      guard content.count % 2 == 0 else { throw DERReader.Malformed() }
      let units = stride(from: content.startIndex, to: content.endIndex, by: 2).map {
        UInt16(content[$0]) << 8 | UInt16(content[$0 + 1])
      }
      return String(decoding: units.last == 0 ? units.dropLast() : units[...], as: UTF16.self)
    default: throw DERReader.Malformed()
    }
  }

  func ascii() throws(DERReader.Malformed) -> String {
    guard content.allSatisfy({ $0 < 0x80 }) else { throw DERReader.Malformed() }
    return String(decoding: content, as: UTF8.self)
  }

  /// PrintableString's characters, and `*` and `&`, which certificates use though they should not.
  private static func isPrintable(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x27...0x29, 0x2B...0x2F, 0x20, 0x3A, 0x3D, 0x3F, 0x2A, 0x26: true
    default: false
    }
  }
}
