/// Reads one JSON text into a tape (RFC 8259), in one pass and without recursion.
@usableFromInline
struct JSONScanner {
  /// Why it stopped, by offset: line and column are counted only then.
  struct Failure {
    enum Reason { case fault(JSONError.Fault), tooDeep }
    var reason: Reason
    var offset: Int

    func error(in bytes: UnsafeRawBufferPointer, limits: JSONLimits) -> JSONError {
      switch reason {
      case .tooDeep: return .tooDeep(depthMax: limits.depthMax)
      case .fault(let fault): return .malformed(fault, JSONError.Position(offset: offset, in: bytes))
      }
    }
  }

  let bytes: UnsafeRawBufferPointer
  let options: JSONTape.Options
  var nodes: [JSONTape.Node] = []
  private var offset = 0

  init(bytes: UnsafeRawBufferPointer, options: JSONTape.Options) {
    self.bytes = bytes
    self.options = options
  }

  private static let none = UInt32.max

  /// nil when all went well.
  mutating func run() -> Failure? {
    var parent = Int(Self.none)
    var depth = 0
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { return fault(.syntax) }
    value: while true {
      skipSpace()
      guard offset < bytes.count else { return fault(.truncated) }
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        if let failure = string() { return failure }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        guard depth <= options.limits.depthMax else { return Failure(reason: .tooDeep, offset: offset) }
        let isObject = byte == UInt8(ascii: "{")
        nodes.append(
          JSONTape.Node(kind: isObject ? .object : .array, start: offset, end: offset, next: parent))
        offset += 1
        skipSpace()
        guard offset < bytes.count else { return fault(.truncated) }
        if bytes[offset] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          offset += 1
          depth -= 1
          nodes[nodes.count - 1].end = UInt32(truncatingIfNeeded: offset)
          nodes[nodes.count - 1].next = UInt32(truncatingIfNeeded: nodes.count)
          break
        }
        parent = nodes.count - 1
        if isObject, let failure = name() { return failure }
        continue value
      case UInt8(ascii: "-"), 0x30...0x39:
        if let failure = number() { return failure }
      case UInt8(ascii: "t"):
        if let failure = word("true", .true) { return failure }
      case UInt8(ascii: "f"):
        if let failure = word("false", .false) { return failure }
      case UInt8(ascii: "n"):
        if let failure = word("null", .null) { return failure }
      default: return fault(.syntax)
      }
      // After a value: the next one, or the ends of containers.
      while parent != Int(Self.none) {
        skipSpace()
        guard offset < bytes.count else { return fault(.truncated) }
        let isObject = nodes[parent].kind == .object
        let byte = bytes[offset]
        if byte == UInt8(ascii: ",") {
          offset += 1
          if isObject {
            skipSpace()
            if let failure = name() { return failure }
          }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return fault(.syntax) }
        offset += 1
        depth -= 1
        let above = Int(nodes[parent].next)
        nodes[parent].end = UInt32(truncatingIfNeeded: offset)
        nodes[parent].next = UInt32(truncatingIfNeeded: nodes.count)
        if isObject, options.refusesDuplicates, let repeated = repetition(in: parent) {
          return Failure(reason: .fault(.duplicateName), offset: repeated)
        }
        parent = above == Int(Self.none) ? Int(Self.none) : above
      }
      break
    }
    skipSpace()
    return offset == bytes.count ? nil : fault(.trailingData)
  }

  private func fault(_ fault: JSONError.Fault) -> Failure { Failure(reason: .fault(fault), offset: offset) }

  @inline(__always)
  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  /// The name of a member and its colon.
  private mutating func name() -> Failure? {
    guard offset < bytes.count else { return fault(.truncated) }
    guard bytes[offset] == UInt8(ascii: "\"") else { return fault(.syntax) }
    if let failure = string() { return failure }
    skipSpace()
    guard offset < bytes.count else { return fault(.truncated) }
    guard bytes[offset] == UInt8(ascii: ":") else { return fault(.syntax) }
    offset += 1
    return nil
  }

  private mutating func word(_ word: StaticString, _ kind: JSONTape.Kind) -> Failure? {
    let count = word.utf8CodeUnitCount
    for position in 0..<count {
      guard offset + position < bytes.count else { return fault(.truncated) }
      guard bytes[offset + position] == word.utf8Start[position] else { return fault(.syntax) }
    }
    append(kind, offset, offset + count)
    offset += count
    return nil
  }

  @inline(__always)
  private mutating func append(_ kind: JSONTape.Kind, isEncoded: Bool = false, _ start: Int, _ end: Int) {
    nodes.append(JSONTape.Node(kind: kind, isEncoded: isEncoded, start: start, end: end, next: nodes.count + 1))
  }

  private mutating func number() -> Failure? {
    let start = offset
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    guard offset < bytes.count else { return fault(.truncated) }
    if bytes[offset] == 0x30 {
      offset += 1
    } else if !skipDigits() {
      return fault(.syntax)
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      guard skipDigits() else { return fault(offset < bytes.count ? .syntax : .truncated) }
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() else { return fault(offset < bytes.count ? .syntax : .truncated) }
    }
    append(.number, start, offset)
    return nil
  }

  /// Whether there was at least one.
  @inline(__always)
  private mutating func skipDigits() -> Bool {
    let start = offset
    while offset < bytes.count, bytes[offset] &- 0x30 < 10 { offset += 1 }
    return offset > start
  }

  private mutating func string() -> Failure? {
    offset += 1
    let start = offset
    var isEncoded = false
    while true {
      skipPlain()
      guard offset < bytes.count else { return fault(.truncated) }
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEncoded = true
        if let failure = escape() { return failure }
      } else if byte < 0x20 {
        return fault(.syntax)
      } else {
        let length = UTF8Sequence.length(bytes, at: offset)
        if length > 0 {
          offset += length
        } else if options.refusesInvalidText {
          return fault(.invalidUTF8)
        } else {
          isEncoded = true
          offset += 1
        }
      }
    }
    append(.string, isEncoded: isEncoded, start, offset)
    offset += 1
    return nil
  }

  /// Passes ASCII that needs no look, eight bytes at a time.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while offset + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      // Bytes that are a quote, a backslash, a control or not ASCII; exact for the first one.
      let stops =
        (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word) | word)
        & highs
      if stops != 0 {
        offset += stops.trailingZeroBitCount / 8
        return
      }
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { return }
      offset += 1
    }
  }

  /// From a backslash to behind its escape.
  private mutating func escape() -> Failure? {
    guard offset + 1 < bytes.count else { return fault(.truncated) }
    switch bytes[offset + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
      return nil
    case UInt8(ascii: "u"):
      guard offset + 6 <= bytes.count else { return fault(.truncated) }
      guard let unit = Self.hexUnit(bytes, at: offset + 2) else { return fault(.syntax) }
      if unit & 0xF800 == 0xD800, options.refusesInvalidText {
        guard unit < 0xDC00, offset + 12 <= bytes.count, bytes[offset + 6] == UInt8(ascii: "\\"),
          bytes[offset + 7] == UInt8(ascii: "u"), let low = Self.hexUnit(bytes, at: offset + 8), low & 0xFC00 == 0xDC00
        else { return fault(.syntax) }
        offset += 6
      }
      offset += 6
      return nil
    default: return fault(.syntax)
    }
  }

  /// Four hexadecimal digits; nil when they are not.
  private static func hexUnit(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for position in offset..<offset + 4 {
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// The value of a scanned string that holds escapes. What the options let pass (lone surrogates, invalid UTF-8) becomes
  /// U+FFFD.
  @usableFromInline
  static func decode(_ raw: UnsafeRawBufferPointer) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(raw.count)
    var offset = 0
    while offset < raw.count {
      let byte = raw[offset]
      if byte >= 0x80 {
        let length = UTF8Sequence.length(raw, at: offset)
        if length > 0 {
          decoded.append(contentsOf: raw[offset..<offset + length])
          offset += length
        } else {
          UTF8Sequence.append(0xFFFD, to: &decoded)
          offset += 1
        }
        continue
      }
      guard byte == UInt8(ascii: "\\"), offset + 1 < raw.count else {
        decoded.append(byte)
        offset += 1
        continue
      }
      let letter = raw[offset + 1]
      offset += 2
      switch letter {
      case UInt8(ascii: "b"): decoded.append(0x08)
      case UInt8(ascii: "f"): decoded.append(0x0C)
      case UInt8(ascii: "n"): decoded.append(0x0A)
      case UInt8(ascii: "r"): decoded.append(0x0D)
      case UInt8(ascii: "t"): decoded.append(0x09)
      case UInt8(ascii: "u"):
        let unit = hexUnit(raw, at: offset) ?? 0xFFFD
        offset += 4
        if unit & 0xF800 != 0xD800 {
          UTF8Sequence.append(unit, to: &decoded)
        } else if unit < 0xDC00, offset + 6 <= raw.count, raw[offset] == UInt8(ascii: "\\"),
          raw[offset + 1] == UInt8(ascii: "u"), let low = hexUnit(raw, at: offset + 2), low & 0xFC00 == 0xDC00
        {
          UTF8Sequence.append(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF), to: &decoded)
          offset += 6
        } else {
          UTF8Sequence.append(0xFFFD, to: &decoded)
        }
      default: decoded.append(letter)
      }
    }
    return decoded
  }

  /// Members up to which names are compared in turn.
  private static let comparedMax = 16

  /// Where a name of this object is there a second time; nil when none is.
  private func repetition(in object: Int) -> Int? {
    let end = Int(nodes[object].next)
    var index = object + 1
    var count = 0
    var comparable = true
    while index < end {
      if nodes[index].isEncoded { comparable = false }
      count += 1
      index = Int(nodes[index + 1].next)
    }
    if count < 2 { return nil }
    guard comparable, count <= Self.comparedMax else { return repetitionByHash(in: object) }
    index = Int(nodes[object + 2].next)
    while index < end {
      let name = nodes[index]
      let length = name.end &- name.start
      var earlier = object + 1
      while earlier < index {
        let other = nodes[earlier]
        if length == other.end &- other.start, isSame(Int(name.start), Int(other.start), Int(length)) {
          return Int(name.start)
        }
        earlier = Int(nodes[earlier + 1].next)
      }
      index = Int(nodes[index + 1].next)
    }
    return nil
  }

  @inline(__always)
  private func isSame(_ left: Int, _ right: Int, _ count: Int) -> Bool {
    var position = 0
    while position &+ 8 <= count {
      if bytes.loadUnaligned(fromByteOffset: left &+ position, as: UInt64.self)
        != bytes.loadUnaligned(fromByteOffset: right &+ position, as: UInt64.self)
      {
        return false
      }
      position &+= 8
    }
    while position < count {
      if bytes[left &+ position] != bytes[right &+ position] { return false }
      position &+= 1
    }
    return true
  }

  private func repetitionByHash(in object: Int) -> Int? {
    var names: Set<[UInt8]> = []
    var index = object + 1
    while index < Int(nodes[object].next) {
      let raw = UnsafeRawBufferPointer(rebasing: bytes[nodes[index].range])
      guard names.insert(nodes[index].isEncoded ? Self.decode(raw) : Array(raw)).inserted else {
        return Int(nodes[index].start)
      }
      index = Int(nodes[index + 1].next)
    }
    return nil
  }
}
