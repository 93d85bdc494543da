import BigInt
import JSON

/// Strings. What counts characters counts code points, as Go's runes; everything else works on bytes.
/// Source: OPA v1/topdown/strings.go.
enum StringBuiltins {
  private static let stringOrMany: TypeDescription = .anyOf([.string, .array(of: .string), .set(of: .string)])

  static let all: [Builtin] = [
    Builtin("concat", [.string, .anyOf([.array(of: .string), .set(of: .string)])], .string) {
      operands, context throws(BuiltinError) in
      let separator = try operands.text(0).bytes
      let texts = try operands.texts(1, mustBe: "one of {set, array}")
      if texts.count == 1 { return .string(texts[0]) }
      var joined: [UInt8] = []
      let count = texts.reduce(0) { $0 + $1.byteCount } + max(0, texts.count - 1) * separator.count
      try context.charge(instructions: count / 16 + texts.count, bytes: count)
      joined.reserveCapacity(count)
      for (position, text) in texts.enumerated() {
        if position > 0 { joined += separator }
        text.withBytes { joined.append(contentsOf: $0) }
      }
      return .string(Text(bytes: joined))
    },
    Builtin("contains", [.string, .string], .boolean) { operands, context throws(BuiltinError) in
      let (text, part) = (try operands.text(0), try operands.text(1))
      try context.charge(instructions: text.byteCount / 16, bytes: 0)
      return .boolean(text.contains(part))
    },
    Builtin("startswith", [.string, .string], .boolean) { operands, _ throws(BuiltinError) in
      .boolean(try operands.text(0).hasPrefix(try operands.text(1)))
    },
    Builtin("endswith", [.string, .string], .boolean) { operands, _ throws(BuiltinError) in
      .boolean(try operands.text(0).hasSuffix(try operands.text(1)))
    },
    Builtin("strings.any_prefix_match", [stringOrMany, stringOrMany], .boolean) {
      operands, context throws(BuiltinError) in
      let (texts, prefixes) = (try many(operands, 0), try many(operands, 1))
      return .boolean(try anyPrefix(texts, prefixes, context))
    },
    Builtin("strings.any_suffix_match", [stringOrMany, stringOrMany], .boolean) {
      operands, context throws(BuiltinError) in
      let (texts, suffixes) = (try many(operands, 0), try many(operands, 1))
      return .boolean(try anyPrefix(texts.map(backwards), suffixes.map(backwards), context))
    },
    Builtin("strings.count", [.string, .string], .number) { operands, context throws(BuiltinError) in
      let (text, part) = (try operands.text(0), try operands.text(1))
      try context.charge(instructions: text.byteCount / 4, bytes: 0)
      if part.isEmpty { return .integer(Int64(Runes.count(text) + 1)) }
      return .integer(Int64(text.withBytes { ByteSearch(part).all(in: $0).count }))
    },
    Builtin("indexof", [.string, .string], .number) { operands, context throws(BuiltinError) in
      .integer(Int64(try places(operands, context, max: 1).first ?? -1))
    },
    Builtin("indexof_n", [.string, .string], .array(of: .number)) { operands, context throws(BuiltinError) in
      .array(ValueArray(try places(operands, context, max: .max).map { .integer(Int64($0)) }))
    },
    Builtin("lower", [.string], .string) { operands, context throws(BuiltinError) in
      try mapped(operands, context, Runes.lower) { $0 &- 0x41 < 26 ? $0 + 0x20 : $0 }
    },
    Builtin("upper", [.string], .string) { operands, context throws(BuiltinError) in
      try mapped(operands, context, Runes.upper) { $0 &- 0x61 < 26 ? $0 - 0x20 : $0 }
    },
    Builtin("strings.reverse", [.string], .string) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      try context.charge(instructions: text.byteCount, bytes: text.byteCount)
      return .string(text.isASCII ? Text(bytes: text.bytes.reversed()) : Runes.text(Runes.all(text).reversed()))
    },
    Builtin("split", [.string, .string], .array(of: .string)) { operands, context throws(BuiltinError) in
      .array(ValueArray(try split(try operands.text(0), try operands.text(1), context)))
    },
    Builtin("strings.split_n", [.string, .string, .number], .array(of: .string)) {
      operands, context throws(BuiltinError) in
      let (text, separator) = (try operands.text(0), try operands.text(1))
      let count = try operands.integer(2)
      let parts = try split(text, separator, context)
      return .array(ValueArray(Array(count >= 0 ? parts.prefix(count) : parts.suffix(Int(clamping: count.magnitude)))))
    },
    Builtin("substring", [.string, .number, .number], .string, substring),
    Builtin("replace", [.string, .string, .string], .string) { operands, context throws(BuiltinError) in
      let (text, old, new) = (try operands.text(0), try operands.text(1), try operands.text(2))
      return .string(try Replacements([(old, new)]).apply(to: text, context))
    },
    Builtin("strings.replace_n", [.object(.string, .string), .string], .string) {
      operands, context throws(BuiltinError) in
      let patterns = try operands.object(0)
      let text = try operands.text(1)
      var pairs: [(Text, Text)] = []
      for (key, value) in zip(patterns.keys, patterns.values) {
        guard case .string(let old) = key else {
          throw .operand(1, message: "non-string key found in pattern object")
        }
        guard case .string(let new) = value else {
          throw .operand(1, message: "non-string value found in pattern object")
        }
        pairs.append((old, new))
      }
      return .string(try Replacements(pairs).apply(to: text, context))
    },
    Builtin("trim", [.string, .string], .string) { operands, context throws(BuiltinError) in
      try trim(operands, context, left: true, right: true)
    },
    Builtin("trim_left", [.string, .string], .string) { operands, context throws(BuiltinError) in
      try trim(operands, context, left: true, right: false)
    },
    Builtin("trim_right", [.string, .string], .string) { operands, context throws(BuiltinError) in
      try trim(operands, context, left: false, right: true)
    },
    Builtin("trim_space", [.string], .string) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      try context.charge(instructions: text.byteCount / 4, bytes: text.byteCount)
      return .string(trimmed(text, left: true, right: true, Runes.isSpace))
    },
    Builtin("trim_prefix", [.string, .string], .string) { operands, _ throws(BuiltinError) in
      let (text, prefix) = (try operands.text(0), try operands.text(1))
      guard !prefix.isEmpty, text.hasPrefix(prefix) else { return .string(text) }
      return .string(Text(bytes: Array(text.bytes.dropFirst(prefix.byteCount))))
    },
    Builtin("trim_suffix", [.string, .string], .string) { operands, _ throws(BuiltinError) in
      let (text, suffix) = (try operands.text(0), try operands.text(1))
      guard !suffix.isEmpty, text.hasSuffix(suffix) else { return .string(text) }
      return .string(Text(bytes: Array(text.bytes.dropLast(suffix.byteCount))))
    },
    Builtin("format_int", [.number, .number], .string) { operands, context throws(BuiltinError) in
      let number = try operands.number(0)
      guard case .integer(let radix) = try operands.number(1), [2, 8, 10, 16].contains(radix) else {
        throw .operand(2, message: "must be one of {2, 8, 10, 16}")
      }
      if case .integer(let value) = number { return .string(Text(String(value, radix: Int(radix)))) }
      try Arithmetic.charge(number, context)
      let whole = Arithmetic.integer(number) ?? BinaryFloat(number).truncated
      return .string(Text(String(whole, radix: Int(radix))))
    },
    Builtin("sprintf", [.string, .array(of: .any)], .string) { operands, context throws(BuiltinError) in
      let format = try operands.text(0)
      let arguments = try operands.array(1)
      var formatter = GoFormat(arguments.elements.map(GoFormat.Argument.init))
      try formatter.format(format, context)
      return .string(Text(bytes: formatter.output))
    },
  ]

  private static func many(_ operands: Operands, _ position: Int) throws(BuiltinError) -> [Text] {
    if case .string(let text) = operands[position] { return [text] }
    return try operands.texts(position, mustBe: "one of {string, set, array}")
  }

  private static func backwards(_ text: Text) -> Text { Text(bytes: text.bytes.reversed()) }

  /// In order, the texts with one prefix stand together, and the first of them is where the prefix itself would stand.
  private static func anyPrefix(
    _ texts: [Text], _ prefixes: [Text], _ context: any BuiltinContext
  ) throws(BuiltinError) -> Bool {
    try context.charge(instructions: (texts.count + prefixes.count) * 16, bytes: 0)
    if texts.isEmpty { return false }
    let texts = texts.sorted()
    for prefix in prefixes {
      var (low, high) = (0, texts.count)
      while low < high {
        let middle = (low + high) / 2
        if texts[middle] < prefix { low = middle + 1 } else { high = middle }
      }
      if low < texts.count, texts[low].hasPrefix(prefix) { return true }
    }
    return false
  }

  /// Positions in code points, overlapping ones too.
  private static func places(
    _ operands: Operands, _ context: any BuiltinContext, max count: Int
  ) throws(BuiltinError) -> [Int] {
    let (text, part) = (try operands.text(0), try operands.text(1))
    if part.isEmpty { throw .failed("empty search character") }
    try context.charge(instructions: text.byteCount / 4, bytes: 0)
    let search = ByteSearch(part)
    return text.withBytes { bytes in
      var places: [Int] = []
      var (offset, runes) = (0, 0)
      var start = 0
      while places.count < count, let place = search.first(in: bytes, from: start) {
        while offset < place {
          offset += Runes.decode(bytes, at: offset).length
          runes += 1
        }
        // Valid UTF-8 is found only where a code point starts.
        if offset == place { places.append(runes) }
        start = place + 1
      }
      return places
    }
  }

  private static func mapped(
    _ operands: Operands, _ context: any BuiltinContext, _ rune: (UInt32) -> UInt32, _ byte: (UInt8) -> UInt8
  ) throws(BuiltinError) -> Value {
    let text = try operands.text(0)
    try context.charge(instructions: text.byteCount / 4, bytes: text.byteCount)
    if text.isASCII { return .string(Text(bytes: text.bytes.map(byte))) }
    return .string(Runes.text(Runes.all(text).map(rune)))
  }

  static func split(
    _ text: Text, _ separator: Text, _ context: any BuiltinContext
  ) throws(BuiltinError) -> [Value] {
    let parts: [Value] = text.withBytes { bytes in
      var parts: [Value] = []
      if separator.isEmpty {
        var offset = 0
        while offset < bytes.count {
          let length = Runes.decode(bytes, at: offset).length
          parts.append(.string(Text(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))))
          offset += length
        }
        return parts
      }
      var start = 0
      for place in ByteSearch(separator).all(in: bytes) {
        parts.append(.string(Text(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))))
        start = place + separator.byteCount
      }
      parts.append(.string(Text(UnsafeRawBufferPointer(rebasing: bytes[start...]))))
      return parts
    }
    try context.charge(instructions: text.byteCount / 4 + parts.count, bytes: text.byteCount + parts.count * 16)
    return parts
  }

  private static let substring: BuiltinFunction = { operands, context throws(BuiltinError) in
    let text = try operands.text(0)
    let (start, length) = (try operands.integer(1), try operands.integer(2))
    if start < 0 { throw .failed("negative offset") }
    try context.charge(instructions: text.byteCount / 16, bytes: 0)
    return text.withBytes { bytes in
      var runes = 0
      var offset = 0
      var begin: Int?
      let end = length < 0 ? Int.max : start.addingReportingOverflow(length).overflow ? .max : start + length
      while offset < bytes.count, runes < end {
        if runes == start { begin = offset }
        offset += Runes.decode(bytes, at: offset).length
        runes += 1
      }
      guard let begin else { return "" }
      return .string(Text(UnsafeRawBufferPointer(rebasing: bytes[begin..<offset])))
    }
  }

  private static func trim(
    _ operands: Operands, _ context: any BuiltinContext, left: Bool, right: Bool
  ) throws(BuiltinError) -> Value {
    let (text, cutset) = (try operands.text(0), try operands.text(1))
    let runes = Runes.all(cutset)
    try context.charge(instructions: (text.byteCount + runes.count) / 4, bytes: text.byteCount)
    if runes.count < 8 { return .string(trimmed(text, left: left, right: right, runes.contains)) }
    return .string(trimmed(text, left: left, right: right, Set(runes).contains))
  }

  private static func trimmed(_ text: Text, left: Bool, right: Bool, _ isCut: (UInt32) -> Bool) -> Text {
    text.withBytes { bytes in
      var (start, end) = (0, bytes.count)
      while left, start < end {
        let (point, length) = Runes.decode(bytes, at: start)
        guard isCut(point) else { break }
        start += length
      }
      while right, start < end {
        // Back to where the last code point starts.
        var last = end - 1
        while last > start, end - last < 4, bytes[last] & 0xC0 == 0x80 { last -= 1 }
        if last + Runes.decode(bytes, at: last).length != end { last = end - 1 }
        guard isCut(Runes.decode(bytes, at: last).point) else { break }
        end = last
      }
      return Text(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }
}

/// Replacements done in one pass, as Go's `strings.Replacer`: at each place the first pattern that fits, an empty one
/// fits between any two bytes.
struct Replacements {
  private let pairs: [(old: [UInt8], new: [UInt8])]
  /// Indexes of pairs by first byte of the pattern, in order.
  private var byFirst: [[Int]]
  private var empty: Int?

  init(_ pairs: [(Text, Text)]) {
    self.pairs = pairs.map { ($0.0.bytes, $0.1.bytes) }
    byFirst = Array(repeating: [], count: 256)
    for (index, pair) in self.pairs.enumerated() {
      if let first = pair.old.first {
        byFirst[Int(first)].append(index)
      } else if empty == nil {
        empty = index
      }
    }
  }

  func apply(to text: Text, _ context: any BuiltinContext) throws(BuiltinError) -> Text {
    let bytes = text.bytes
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var offset = 0
    var wasEmpty = false
    var work = bytes.count / 4
    while offset <= bytes.count {
      let match = match(bytes, offset, allowsEmpty: !wasEmpty, &work)
      wasEmpty = match.map { pairs[$0].old.isEmpty } ?? false
      if let match {
        output += pairs[match].new
        offset += pairs[match].old.count
        if output.count - bytes.count > 1 << 16 || work > 1 << 16 {
          try context.charge(instructions: work, bytes: 1 << 16)
          work = 0
        }
        continue
      }
      if offset < bytes.count { output.append(bytes[offset]) }
      offset += 1
    }
    try context.charge(instructions: work, bytes: output.count)
    return Text(bytes: output)
  }

  private func match(_ bytes: [UInt8], _ offset: Int, allowsEmpty: Bool, _ work: inout Int) -> Int? {
    var found: Int?
    if offset < bytes.count {
      for index in byFirst[Int(bytes[offset])] {
        let old = pairs[index].old
        work += old.count / 4 + 1
        if offset + old.count <= bytes.count, bytes[offset..<offset + old.count].elementsEqual(old) {
          found = index
          break
        }
      }
    }
    if allowsEmpty, let empty, found.map({ empty < $0 }) ?? true { return empty }
    return found
  }
}
