import S3Model

/// One line of JSON under construction.
///
/// Its own memory rather than an array's: a line is put together from some fifty pieces, and for each of them an array
/// asks whether it is shared, which costs more than the piece.
struct JSONLine: ~Copyable {
  private var storage: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init() {
    storage = .allocate(byteCount: 2048, alignment: 1)
  }

  deinit { storage.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

  /// Forgets the content and keeps the memory, unless a line much longer than usual made it large.
  mutating func removeAll() {
    count = 0
    guard storage.count > Self.keptBytesMax else { return }
    storage.deallocate()
    storage = .allocate(byteCount: 2048, alignment: 1)
  }

  private static let keptBytesMax = 65_536

  @inline(__always)
  private mutating func reserve(_ room: Int) {
    if storage.count - count < room { grow(room) }
  }

  @inline(never)
  private mutating func grow(_ room: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(storage.count * 2, count + room), alignment: 1)
    larger.copyMemory(from: bytes)
    storage.deallocate()
    storage = larger
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    storage[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(contentsOf text: UnsafeRawBufferPointer) {
    guard let start = text.baseAddress else { return }
    reserve(text.count)
    storage.baseAddress?.advanced(by: count).copyMemory(from: start, byteCount: text.count)
    count += text.count
  }

  @inline(__always)
  mutating func append(literal text: StaticString) {
    append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A literal that needs no escaping, in quotes.
  mutating func append(member: StaticString, _ literal: StaticString) {
    append(literal: member)
    append(0x22)
    append(literal: literal)
    append(0x22)
  }

  mutating func append(member: StaticString, number: UInt64) {
    append(literal: member)
    append(decimal: number)
  }

  mutating func append(
    member: StaticString, _ text: String, bytesMax: Int = AuditLineWriter.textBytesMax
  ) {
    append(literal: member)
    var text = text
    text.withUTF8 { append(quoted: $0, bytesMax: bytesMax) }
  }

  mutating func append(
    member: StaticString, _ text: ByteString, bytesMax: Int = AuditLineWriter.textBytesMax
  ) {
    append(literal: member)
    text.bytes.withUnsafeBufferPointer { append(quoted: $0, bytesMax: bytesMax) }
  }

  mutating func append(decimal number: UInt64) {
    // UInt64.max has 20 digits.
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { digits in
      var index = digits.count
      var rest = number
      repeat {
        index -= 1
        digits[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[index...]))
    }
  }

  mutating func append(hexDigitsOf number: UInt64) {
    var digits: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &digits) { digits in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 15
        digits[index] = digit < 10 ? 0x30 + digit : 0x37 + digit
      }
      append(contentsOf: UnsafeRawBufferPointer(digits))
    }
  }

  /// Text as a JSON string with its quotes, cut after `bytesMax` bytes of input.
  ///
  /// Whatever the bytes are, the result is one line of valid JSON with nothing in it that moves a terminal's cursor.
  /// Each byte that is not UTF-8, and each NUL, is written as U+FFFD. A lone surrogate or `\u0000` would keep the byte,
  /// but strict readers refuse the whole line for it, and a client could hide behind that.
  mutating func append(quoted text: UnsafeBufferPointer<UInt8>, bytesMax: Int) {
    append(0x22)
    let text = UnsafeBufferPointer(rebasing: text[..<min(text.count, bytesMax)])
    if Self.isPlain(text) {
      append(contentsOf: UnsafeRawBufferPointer(text))
    } else {
      append(escaped: text)
    }
    append(0x22)
  }

  /// Whether every byte stands for itself in a JSON string: eight at a time, then one by one to be exact.
  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = text.baseAddress else { return true }
    var index = 0
    while text.count - index >= 8 {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      // Marks in the high bits: bytes from 0x80, below 0x20, and 0x22, 0x5C and 0x7F. Borrows may add marks above the
      // first true one, never without one.
      let ones: UInt64 = 0x0101_0101_0101_0101
      let marks =
        word | (word &- 0x2020_2020_2020_2020) | ((word ^ (ones &* 0x22)) &- ones) | ((word ^ (ones &* 0x5C)) &- ones)
        | ((word ^ (ones &* 0x7F)) &- ones)
      guard marks & 0x8080_8080_8080_8080 == 0 else { return false }
      index += 8
    }
    while index < text.count {
      let byte = base[index]
      guard byte >= 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C else { return false }
      index += 1
    }
    return true
  }

  private mutating func append(escaped text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        switch byte {
        case 0x22, 0x5C:
          append(0x5C)
          append(byte)
        case 0:
          append(escape: 0xFFFD)
        case 1..<0x20, 0x7F:
          append(escape: UInt16(byte))
        default:
          append(byte)
        }
        index += 1
        continue
      }
      let (scalar, length) = Self.scalar(in: text, at: index)
      switch scalar {
      case nil:
        append(escape: 0xFFFD)
      case .some(0x80..<0xA0), .some(0x2028), .some(0x2029):
        // C1 controls, and the line separators that some readers take for line ends.
        append(escape: UInt16(scalar ?? 0))
      default:
        append(contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[index..<(index + length)])))
      }
      index += length
    }
  }

  private mutating func append(escape unit: UInt16) {
    append(literal: "\\u")
    for shift in [UInt16(12), 8, 4, 0] {
      let digit = UInt8(unit >> shift & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// The scalar that starts at a byte of 0x80 or more and its length in bytes; nil and 1 for what is not UTF-8
  /// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
  private static func scalar(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32?, Int) {
    let first = text[index]
    let length: Int
    var scalar: UInt32
    let smallest: UInt32
    switch first {
    case 0xC2...0xDF: (length, scalar, smallest) = (2, UInt32(first & 0x1F), 0x80)
    case 0xE0...0xEF: (length, scalar, smallest) = (3, UInt32(first & 0x0F), 0x800)
    case 0xF0...0xF4: (length, scalar, smallest) = (4, UInt32(first & 0x07), 0x1_0000)
    default: return (nil, 1)
    }
    guard index + length <= text.count else { return (nil, 1) }
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { return (nil, 1) }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    let isValid = scalar >= smallest && scalar <= 0x10_FFFF && !(0xD800..<0xE000).contains(scalar)
    return isValid ? (scalar, length) : (nil, 1)
  }
}
