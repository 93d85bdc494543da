import HTTPWire

/// Why a document is not XML that Martlet reads.
public enum XMLFault: Error, Equatable, Sendable {
  case tooLarge, tooDeep, tooManyElements, tooManyAttributes, nameTooLong, textTooLong
  case notUTF8, unsupportedEncoding
  /// `<!DOCTYPE`, `<!ENTITY` and their like.
  case documentType
  case processingInstruction
  /// An entity other than the five predefined ones.
  case unknownEntity
  case invalidCharacter
  case malformed
  case unexpectedElement, unexpectedText, missingElement, unexpectedEnd
}

/// What a document may hold.
public struct XMLLimits: Sendable {
  public var documentBytesMax: Int
  public var depthMax = 32
  public var elementsMax: Int
  public var attributesMax = 16
  public var nameBytesMax = 128
  public var textBytesMax = 65_536

  public init(documentBytesMax: Int = 2 * 1024 * 1024, elementsMax: Int = 200_000) {
    self.documentBytesMax = documentBytesMax
    self.elementsMax = elementsMax
  }
}

/// A bounded pull parser for the XML of S3 requests and of stores' answers (XML 1.0, UTF-8).
///
/// DTDs, processing instructions and entities other than the predefined ones are refused, so nothing expands.
/// Elements are told apart by local name; namespaces are not interpreted. Reading goes by position:
/// after ``enter(_:)`` or a true ``nextChild()`` the reader stands inside an element, and stays until its end tag has
/// been read by ``nextChild()`` returning false, ``text()`` or ``skip()``.
public struct XMLReader {
  private let bytes: [UInt8]
  private let limits: XMLLimits
  private var position = 0
  /// Qualified names of the open elements.
  private var open: [Range<Int>] = []
  private var elements = 0
  /// A `<a/>`, whose end tag is this flag.
  private var isSelfClosing = false
  private var attributes: [(name: Range<Int>, value: Range<Int>)] = []

  public init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLFault) {
    guard bytes.count <= limits.documentBytesMax else { throw .tooLarge }
    guard UTF8Validation.isValid(bytes) else { throw .notUTF8 }
    self.bytes = bytes
    self.limits = limits
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    try readDeclaration()
  }

  // MARK: Walking

  /// Enters the root element, whose local name must be `name`.
  public mutating func enter(_ name: StaticString) throws(XMLFault) {
    try enterRoot()
    guard isElement(name) else { throw .unexpectedElement }
  }

  /// Enters the root element, whatever its name.
  public mutating func enterRoot() throws(XMLFault) {
    precondition(open.isEmpty && elements == 0, "the root is entered once")
    guard try readMarkup(allowsText: false) == .start else { throw .missingElement }
  }

  /// Enters the next child of the current element; false when there is none, and then the current one is left.
  /// Text between children other than white space is refused.
  public mutating func nextChild() throws(XMLFault) -> Bool {
    precondition(!open.isEmpty, "the reader stands inside no element")
    switch try readMarkup(allowsText: false) {
    case .start: return true
    case .end: return false
    case .finished: throw .unexpectedEnd
    }
  }

  /// Reads the text of the current element, which may have no children, and leaves it.
  public mutating func text() throws(XMLFault) -> [UInt8] {
    precondition(!open.isEmpty, "the reader stands inside no element")
    var text: [UInt8] = []
    guard try readMarkup(into: &text, allowsText: true) == .end else { throw .unexpectedElement }
    return text
  }

  /// Leaves the current element, whatever it holds.
  public mutating func skip() throws(XMLFault) {
    precondition(!open.isEmpty, "the reader stands inside no element")
    let depth = open.count
    while open.count >= depth {
      if try readMarkup(allowsText: true) == .finished { throw .unexpectedEnd }
    }
  }

  /// Makes sure that nothing but white space and comments follows the root element.
  public mutating func finish() throws(XMLFault) {
    guard open.isEmpty, elements > 0 else { throw .unexpectedEnd }
    guard try readMarkup(allowsText: false) == .finished else { throw .unexpectedElement }
  }

  /// Whether the current element has this local name.
  public func isElement(_ name: StaticString) -> Bool {
    guard let qualified = open.last else { return false }
    return name.withUTF8Buffer { $0.elementsEqual(local(qualified)) }
  }

  /// The current element's local name.
  public var name: String { open.last.map { String(decoding: local($0), as: UTF8.self) } ?? "" }

  /// The raw value of the current element's attribute of this local name; only right after entering it.
  public func attribute(_ name: StaticString) -> [UInt8]? {
    for attribute in attributes where name.withUTF8Buffer({ $0.elementsEqual(local(attribute.name)) }) {
      return Array(bytes[attribute.value])
    }
    return nil
  }

  private func local(_ qualified: Range<Int>) -> ArraySlice<UInt8> {
    let name = bytes[qualified]
    return name.firstIndex(of: 0x3A).map { name[($0 + 1)...] } ?? name
  }
}

// MARK: - Lexing

extension XMLReader {
  private enum Markup {
    case start, end, finished
  }

  private mutating func readMarkup(allowsText: Bool) throws(XMLFault) -> Markup {
    var ignored: [UInt8]?
    return try readMarkup(&ignored, allowsText: allowsText)
  }

  private mutating func readMarkup(into text: inout [UInt8], allowsText: Bool) throws(XMLFault) -> Markup {
    var collected: [UInt8]? = []
    let markup = try readMarkup(&collected, allowsText: allowsText)
    text = collected ?? []
    return markup
  }

  /// Reads up to and including the next start or end tag. Text is collected where it is wanted, and checked always.
  private mutating func readMarkup(_ text: inout [UInt8]?, allowsText: Bool) throws(XMLFault) -> Markup {
    if isSelfClosing {
      isSelfClosing = false
      open.removeLast()
      return .end
    }
    var textBytes = 0
    while position < bytes.count {
      guard bytes[position] == 0x3C else {
        let isSpace = try readCharacter(&text)
        if !isSpace {
          guard allowsText, !open.isEmpty else { throw .unexpectedText }
        }
        textBytes += 1
        guard textBytes <= limits.textBytesMax else { throw .textTooLong }
        continue
      }
      guard position + 1 < bytes.count else { throw .unexpectedEnd }
      switch bytes[position + 1] {
      case 0x2F:
        try readEndTag()
        return .end
      case 0x21:
        if starts(with: "<!--") {
          try readComment()
        } else if starts(with: "<![CDATA[") {
          guard allowsText, !open.isEmpty else { throw .unexpectedText }
          textBytes += try readCharacterData(&text)
          guard textBytes <= limits.textBytesMax else { throw .textTooLong }
        } else {
          throw .documentType
        }
      case 0x3F:
        throw .processingInstruction
      default:
        try readStartTag()
        return .start
      }
    }
    guard open.isEmpty else { throw .unexpectedEnd }
    return .finished
  }

  /// One byte of text or one reference. Whether it was raw white space.
  private mutating func readCharacter(_ text: inout [UInt8]?) throws(XMLFault) -> Bool {
    let byte = bytes[position]
    if byte == 0x26 {
      let scalar = try readReference()
      text?.append(contentsOf: Array(String(Character(scalar)).utf8))
      return false
    }
    guard Self.isAllowed(byte) else { throw .invalidCharacter }
    // `]]>` is not text (XML 1.0 section 2.4).
    if byte == 0x5D, starts(with: "]]>") { throw .malformed }
    position += 1
    if byte == 0x0D {
      // Line ends are one line feed (XML 1.0 section 2.11); a real carriage return comes as a reference.
      if position < bytes.count, bytes[position] == 0x0A { position += 1 }
      text?.append(0x0A)
    } else {
      text?.append(byte)
    }
    return byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// `&lt;`, `&#10;` or `&#xA;`.
  ///
  /// References to control characters are accepted, although XML 1.0 has none: it is how clients of S3 write keys
  /// that contain them.
  private mutating func readReference() throws(XMLFault) -> Unicode.Scalar {
    var end = position + 1
    while end < bytes.count, bytes[end] != 0x3B, end - position <= 12 { end += 1 }
    guard end < bytes.count, bytes[end] == 0x3B else { throw .malformed }
    let name = bytes[(position + 1)..<end]
    position = end + 1
    guard name.first == 0x23 else {
      switch String(decoding: name, as: UTF8.self) {
      case "lt": return "<"
      case "gt": return ">"
      case "amp": return "&"
      case "apos": return "'"
      case "quot": return "\""
      default: throw .unknownEntity
      }
    }
    var value: UInt32 = 0
    let isHexadecimal = name.dropFirst().first == 0x78
    let digits = name.dropFirst(isHexadecimal ? 2 : 1)
    guard !digits.isEmpty, digits.count <= 8 else { throw .malformed }
    for digit in digits {
      guard let number = ASCII.hexValue(digit), isHexadecimal || number < 10 else { throw .malformed }
      value = value &* (isHexadecimal ? 16 : 10) &+ UInt32(number)
    }
    guard value != 0, let scalar = Unicode.Scalar(value) else { throw .invalidCharacter }
    return scalar
  }

  private mutating func readCharacterData(_ text: inout [UInt8]?) throws(XMLFault) -> Int {
    position += 9
    var count = 0
    while position < bytes.count {
      if starts(with: "]]>") {
        position += 3
        return count
      }
      let byte = bytes[position]
      guard Self.isAllowed(byte) else { throw .invalidCharacter }
      text?.append(byte)
      count += 1
      position += 1
    }
    throw .unexpectedEnd
  }

  private mutating func readComment() throws(XMLFault) {
    position += 4
    while position < bytes.count {
      if starts(with: "--") {
        guard starts(with: "-->") else { throw .malformed }
        position += 3
        return
      }
      guard Self.isAllowed(bytes[position]) else { throw .invalidCharacter }
      position += 1
    }
    throw .unexpectedEnd
  }

  private mutating func readStartTag() throws(XMLFault) {
    // One root only.
    if open.isEmpty, elements > 0 { throw .malformed }
    guard open.count < limits.depthMax else { throw .tooDeep }
    elements += 1
    guard elements <= limits.elementsMax else { throw .tooManyElements }
    position += 1
    let name = try readName()
    attributes.removeAll(keepingCapacity: true)
    while true {
      let hadSpace = skipSpace()
      guard position < bytes.count else { throw .unexpectedEnd }
      if bytes[position] == 0x3E {
        position += 1
        break
      }
      if bytes[position] == 0x2F {
        guard position + 1 < bytes.count, bytes[position + 1] == 0x3E else { throw .malformed }
        position += 2
        isSelfClosing = true
        break
      }
      guard hadSpace else { throw .malformed }
      try readAttribute()
    }
    open.append(name)
  }

  private mutating func readAttribute() throws(XMLFault) {
    guard attributes.count < limits.attributesMax else { throw .tooManyAttributes }
    let name = try readName()
    for other in attributes where bytes[other.name].elementsEqual(bytes[name]) { throw .malformed }
    _ = skipSpace()
    guard position < bytes.count, bytes[position] == 0x3D else { throw .malformed }
    position += 1
    _ = skipSpace()
    guard position < bytes.count else { throw .unexpectedEnd }
    let quote = bytes[position]
    guard quote == 0x22 || quote == 0x27 else { throw .malformed }
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != quote {
      let byte = bytes[position]
      guard byte != 0x3C else { throw .malformed }
      if byte == 0x26 {
        _ = try readReference()
        continue
      }
      guard Self.isAllowed(byte) else { throw .invalidCharacter }
      position += 1
      guard position - start <= limits.textBytesMax else { throw .textTooLong }
    }
    guard position < bytes.count else { throw .unexpectedEnd }
    attributes.append((name, start..<position))
    position += 1
  }

  private mutating func readEndTag() throws(XMLFault) {
    position += 2
    let name = try readName()
    _ = skipSpace()
    guard position < bytes.count, bytes[position] == 0x3E else { throw .malformed }
    position += 1
    guard let expected = open.last, bytes[expected].elementsEqual(bytes[name]) else { throw .malformed }
    open.removeLast()
  }

  private mutating func readName() throws(XMLFault) -> Range<Int> {
    let start = position
    while position < bytes.count, Self.isNameByte(bytes[position], isFirst: position == start) { position += 1 }
    guard position > start else { throw .malformed }
    guard position - start <= limits.nameBytesMax else { throw .nameTooLong }
    let name = bytes[start..<position]
    let colons = name.lazy.filter { $0 == 0x3A }.count
    guard colons <= 1, name.first != 0x3A, name.last != 0x3A else { throw .malformed }
    return start..<position
  }

  /// `<?xml version="1.0" encoding="UTF-8"?>`, which may be absent.
  private mutating func readDeclaration() throws(XMLFault) {
    guard starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) else { return }
    var end = position + 5
    while end + 1 < bytes.count, !(bytes[end] == 0x3F && bytes[end + 1] == 0x3E) {
      guard end - position <= 256 else { throw .malformed }
      end += 1
    }
    guard end + 1 < bytes.count else { throw .unexpectedEnd }
    let declaration = bytes[(position + 5)..<end].map(ASCII.lowercased)
    let text = String(decoding: declaration, as: UTF8.self)
    position = end + 2
    guard let encoding = text.firstRange(of: "encoding") else { return }
    let value = text[encoding.upperBound...].filter { $0 != " " && $0 != "=" && $0 != "\t" && $0 != "\n" }
    guard value.hasPrefix("\"utf-8\"") || value.hasPrefix("'utf-8'") || value.hasPrefix("\"us-ascii\"") else {
      throw .unsupportedEncoding
    }
  }

  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    return position > start
  }

  private func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer {
      position + $0.count <= bytes.count && bytes[position..<(position + $0.count)].elementsEqual($0)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// Control characters are no XML text; everything else of valid UTF-8 passes.
  private static func isAllowed(_ byte: UInt8) -> Bool { byte >= 0x20 || isSpace(byte) }

  private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
    if (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x3A || byte >= 0x80 { return true }
    return !isFirst && (ASCII.isDigit(byte) || byte == 0x2D || byte == 0x2E)
  }
}
