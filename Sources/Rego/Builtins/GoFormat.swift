import BigInt
import Glibc
import JSON

/// Go's `fmt.Sprintf` over the arguments that OPA hands it: integers, big integers, doubles, strings.
struct GoFormat {
  enum Argument {
    case integer(Int64)
    case bigInteger(BigInt)
    case float(Double)
    case string(Text)

    /// Numbers written with an exponent, and everything that is neither number nor string, are given as text.
    init(_ value: Value) {
      switch value {
      case .integer(let value): self = .integer(value)
      case .string(let text): self = .string(text)
      case .number(let number):
        let hasExponent = number.text.withBytes { $0.contains { $0 | 0x20 == UInt8(ascii: "e") } }
        if hasExponent {
          self = .string(number.text)
        } else if let small = number.small {
          self = .integer(small)
        } else if let integer = number.integer, !number.text.withBytes({ $0.contains(UInt8(ascii: ".")) }) {
          self = .bigInteger(integer)
        } else if let double = Double(number.text.string), double.isFinite {
          self = .float(double)
        } else {
          self = .string(number.text)
        }
      default: self = .string(value.termText)
      }
    }

    var type: String {
      switch self {
      case .integer: "int64"
      case .bigInteger: "*big.Int"
      case .float: "float64"
      case .string: "string"
      }
    }
  }

  private struct Flags {
    var plus = false
    var minus = false
    var sharp = false
    var space = false
    var zero = false
    var goSyntax = false
    var width: Int?
    var precision: Int?
  }

  /// Go's own bound on widths and precisions.
  private static let widthMax = 1_000_000

  private let arguments: [Argument]
  private(set) var output: [UInt8] = []
  private var flags = Flags()
  private var position = 0
  private var isReordered = false
  private var isGoodIndex = true

  init(_ arguments: [Argument]) { self.arguments = arguments }

  mutating func format(_ format: Text, _ context: any BuiltinContext) throws(BuiltinError) {
    let format = format.bytes
    var index = 0
    var afterIndex = false
    while index < format.count {
      isGoodIndex = true
      let start = index
      while index < format.count, format[index] != UInt8(ascii: "%") { index += 1 }
      output += format[start..<index]
      if index == format.count { break }
      index += 1
      flags = Flags()
      flagLoop: while index < format.count {
        switch format[index] {
        case UInt8(ascii: "#"): flags.sharp = true
        case UInt8(ascii: "0"): flags.zero = true
        case UInt8(ascii: "+"): flags.plus = true
        case UInt8(ascii: "-"): flags.minus = true
        case UInt8(ascii: " "): flags.space = true
        default: break flagLoop
        }
        index += 1
      }
      afterIndex = argumentIndex(format, &index)
      if index < format.count, format[index] == UInt8(ascii: "*") {
        index += 1
        flags.width = integerArgument()
        if flags.width == nil { output += "%!(BADWIDTH)".utf8 }
        if let width = flags.width, width < 0 {
          flags.width = -width
          flags.minus = true
          flags.zero = false
        }
        afterIndex = false
      } else {
        flags.width = Self.number(format, &index)
        if afterIndex, flags.width != nil { isGoodIndex = false }
      }
      if index < format.count, format[index] == UInt8(ascii: ".") {
        index += 1
        if afterIndex { isGoodIndex = false }
        afterIndex = argumentIndex(format, &index)
        if index < format.count, format[index] == UInt8(ascii: "*") {
          index += 1
          flags.precision = integerArgument()
          if let precision = flags.precision, precision < 0 { flags.precision = nil }
          if flags.precision == nil { output += "%!(BADPREC)".utf8 }
          afterIndex = false
        } else {
          flags.precision = Self.number(format, &index) ?? 0
        }
      }
      if !afterIndex { afterIndex = argumentIndex(format, &index) }
      guard index < format.count else {
        output += "%!(NOVERB)".utf8
        break
      }
      let (verb, length) = format.withUnsafeBytes { Runes.decode($0, at: index) }
      index += length
      try context.charge(
        instructions: 16, bytes: min(Self.widthMax, flags.width ?? 0) + min(Self.widthMax, flags.precision ?? 0))
      if verb == UInt32(UInt8(ascii: "%")) {
        output.append(UInt8(ascii: "%"))
      } else if !isGoodIndex {
        fault(verb, "(BADINDEX)")
      } else if position >= arguments.count {
        fault(verb, "(MISSING)")
      } else {
        if verb == UInt32(UInt8(ascii: "v")), flags.sharp {
          flags.sharp = false
          flags.goSyntax = true
        }
        if verb == UInt32(UInt8(ascii: "v")) { flags.plus = false }
        try print(arguments[position], verb, context)
        position += 1
      }
    }
    if !isReordered, position < arguments.count {
      flags = Flags()
      output += "%!(EXTRA ".utf8
      for (offset, argument) in arguments[position...].enumerated() {
        if offset > 0 { output += ", ".utf8 }
        output += "\(argument.type)=".utf8
        try print(argument, UInt32(UInt8(ascii: "v")), context)
      }
      output.append(UInt8(ascii: ")"))
    }
    try context.charge(instructions: output.count / 4, bytes: output.count)
  }

  // MARK: Parts of a verb

  private static func number(_ format: [UInt8], _ index: inout Int, end: Int? = nil) -> Int? {
    let end = end ?? format.count
    var value: Int?
    while index < end, format[index] &- 0x30 < 10 {
      value = (value ?? 0) * 10 + Int(format[index] &- 0x30)
      if let found = value, found > widthMax {
        index = end
        return nil
      }
      index += 1
    }
    return value
  }

  /// `[n]`; whether there was a good one.
  private mutating func argumentIndex(_ format: [UInt8], _ index: inout Int) -> Bool {
    guard index < format.count, format[index] == UInt8(ascii: "[") else { return false }
    isReordered = true
    guard let close = format[index...].firstIndex(of: UInt8(ascii: "]")) else {
      isGoodIndex = false
      index += 1
      return false
    }
    var digit = index + 1
    let number = Self.number(format, &digit, end: close)
    index = close + 1
    guard let number, digit == close else {
      isGoodIndex = false
      return false
    }
    guard number >= 1, number <= arguments.count else {
      isGoodIndex = false
      return true
    }
    position = number - 1
    return true
  }

  private mutating func integerArgument() -> Int? {
    guard position < arguments.count else { return nil }
    defer { position += 1 }
    guard case .integer(let value) = arguments[position], abs(value) <= Self.widthMax else { return nil }
    return Int(value)
  }

  private mutating func fault(_ verb: UInt32, _ what: String) {
    output += "%!".utf8
    UTF8Sequence.append(verb, to: &output)
    output += what.utf8
  }

  private mutating func badVerb(
    _ verb: UInt32, _ argument: Argument, _ context: any BuiltinContext
  ) throws(BuiltinError) {
    fault(verb, "(")
    if case .bigInteger(let value) = argument {
      output += "big.Int=\(value)".utf8
    } else {
      output += "\(argument.type)=".utf8
      try print(argument, UInt32(UInt8(ascii: "v")), context)
    }
    output.append(UInt8(ascii: ")"))
  }

  // MARK: Arguments

  private mutating func print(
    _ argument: Argument, _ verb: UInt32, _ context: any BuiltinContext
  ) throws(BuiltinError) {
    let letter = verb < 0x80 ? Character(Unicode.Scalar(UInt8(verb))) : "\u{0}"
    if letter == "T" {
      pad(string: Array(argument.type.utf8))
      return
    }
    switch argument {
    case .string(let text):
      switch letter {
      case "v" where flags.goSyntax, "q": quoted(text)
      case "v", "s": pad(string: truncated(text))
      case "x": hex(text.bytes, upper: false)
      case "X": hex(text.bytes, upper: true)
      default: try badVerb(verb, argument, context)
      }
    case .integer(let value):
      switch letter {
      case "v", "d": integer(value < 0, BigUInt(value.magnitude), 10, letter)
      case "b": integer(value < 0, BigUInt(value.magnitude), 2, letter)
      case "o", "O": integer(value < 0, BigUInt(value.magnitude), 8, letter)
      case "x", "X": integer(value < 0, BigUInt(value.magnitude), 16, letter)
      case "c": pad(string: Self.utf8(value))
      case "q": pad(string: quotedRune(value))
      case "U": unicode(value)
      default: try badVerb(verb, argument, context)
      }
    case .bigInteger(let value):
      let isNegative = value.sign == .minus
      switch letter {
      case "v", "d", "s": integer(isNegative, value.magnitude, 10, letter)
      case "b": integer(isNegative, value.magnitude, 2, letter)
      case "o", "O": integer(isNegative, value.magnitude, 8, letter)
      case "x", "X": integer(isNegative, value.magnitude, 16, letter)
      default: try badVerb(verb, argument, context)
      }
    case .float(let value):
      switch letter {
      case "v": float(value, "g", nil)
      case "g", "G", "x", "X": float(value, letter, flags.precision)
      case "e", "E", "f": float(value, letter, flags.precision ?? 6)
      case "F": float(value, "f", flags.precision ?? 6)
      default: try badVerb(verb, argument, context)
      }
    }
  }

  private mutating func padding(_ count: Int) {
    guard count > 0 else { return }
    output += repeatElement(flags.zero && !flags.minus ? 0x30 : 0x20, count: count)
  }

  /// Width counts code points.
  private mutating func pad(string bytes: [UInt8]) {
    guard let width = flags.width else {
      output += bytes
      return
    }
    let count = width - Runes.count(Text(bytes: bytes))
    if !flags.minus { padding(count) }
    output += bytes
    if flags.minus { padding(count) }
  }

  private func truncated(_ text: Text) -> [UInt8] {
    guard let precision = flags.precision else { return text.bytes }
    return text.withBytes { bytes in
      var (offset, runes) = (0, 0)
      while offset < bytes.count, runes < precision {
        offset += Runes.decode(bytes, at: offset).length
        runes += 1
      }
      return Array(bytes[..<offset])
    }
  }

  private mutating func quoted(_ text: Text) {
    let text = Text(bytes: truncated(text))
    let canBackquote = Runes.all(text).allSatisfy {
      $0 != 0x60 && $0 != 0xFEFF && $0 != 0x7F && ($0 >= 0x20 || $0 == 0x09) && $0 != Runes.replacement
    }
    var bytes: [UInt8] = []
    if flags.sharp, canBackquote {
      bytes = [0x60] + text.bytes + [0x60]
    } else {
      text.withBytes { GoQuote.append($0, to: &bytes, asciiOnly: flags.plus) }
    }
    pad(string: bytes)
  }

  private static func utf8(_ value: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    UTF8Sequence.append(UInt32(exactly: value) ?? 0xFFFD, to: &bytes)
    return bytes
  }

  private func quotedRune(_ value: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    let rune = Self.utf8(value)
    if rune == [UInt8(ascii: "'")] { return Array(#"'\''"#.utf8) }
    if rune == [UInt8(ascii: "\"")] { return Array("'\"'".utf8) }
    rune.withUnsafeBytes { GoQuote.append($0, to: &bytes, asciiOnly: flags.plus) }
    bytes[0] = UInt8(ascii: "'")
    bytes[bytes.count - 1] = UInt8(ascii: "'")
    return bytes
  }

  private mutating func unicode(_ value: Int64) {
    var digits = Array(String(UInt64(bitPattern: value), radix: 16, uppercase: true).utf8)
    let count = max(4, flags.precision ?? 4)
    digits = Array(repeatElement(0x30, count: max(0, count - digits.count))) + digits
    var text = Array("U+".utf8) + digits
    if flags.sharp, let point = UInt32(exactly: value), Runes.isPrintable(point) {
      text += " '".utf8
      text += Self.utf8(value)
      text += "'".utf8
    }
    flags.zero = false
    pad(string: text)
  }

  private mutating func hex(_ bytes: [UInt8], upper: Bool) {
    let bytes = bytes.prefix(flags.precision ?? bytes.count)
    var text: [UInt8] = []
    let mark = Array((upper ? "0X" : "0x").utf8)
    if flags.sharp, !bytes.isEmpty { text += mark }
    for (position, byte) in bytes.enumerated() {
      if flags.space, position > 0 {
        text.append(0x20)
        if flags.sharp { text += mark }
      }
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : (upper ? 0x37 : 0x57) + digit) }
    }
    pad(string: text)
  }

  private mutating func integer(_ isNegative: Bool, _ magnitude: BigUInt, _ radix: Int, _ verb: Character) {
    var digitsMin = 0
    if let precision = flags.precision {
      digitsMin = precision
      if precision == 0, magnitude.isZero {
        flags.zero = false
        padding(flags.width ?? 0)
        return
      }
    } else if flags.zero, !flags.minus, let width = flags.width {
      digitsMin = isNegative || flags.plus || flags.space ? width - 1 : width
    }
    var digits = Array(String(magnitude, radix: radix, uppercase: verb == "X").utf8)
    if digits.count < digitsMin { digits = Array(repeatElement(0x30, count: digitsMin - digits.count)) + digits }
    if flags.sharp {
      switch radix {
      case 2: digits = Array("0b".utf8) + digits
      case 8: if digits.first != 0x30 { digits.insert(0x30, at: 0) }
      case 16: digits = Array((verb == "X" ? "0X" : "0x").utf8) + digits
      default: break
      }
    }
    if verb == "O" { digits = Array("0o".utf8) + digits }
    if isNegative {
      digits.insert(UInt8(ascii: "-"), at: 0)
    } else if flags.plus {
      digits.insert(UInt8(ascii: "+"), at: 0)
    } else if flags.space {
      digits.insert(UInt8(ascii: " "), at: 0)
    }
    let zero = flags.zero
    flags.zero = false
    pad(string: digits)
    flags.zero = zero
  }

  // MARK: Doubles

  private mutating func float(_ value: Double, _ verb: Character, _ precision: Int?) {
    var text = GoDouble.text(value, verb, precision)
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { text.removeFirst() }
    let sign: UInt8? =
      isNegative ? UInt8(ascii: "-") : flags.plus ? UInt8(ascii: "+") : flags.space ? UInt8(ascii: " ") : nil
    if let sign {
      if flags.zero, !flags.minus, let width = flags.width, width > text.count + 1 {
        output.append(sign)
        padding(width - text.count - 1)
        output += text
        return
      }
      text.insert(sign, at: 0)
    }
    pad(string: text)
  }
}

/// Doubles as Go's `strconv.FormatFloat` writes them.
enum GoDouble {
  /// - Parameter precision: digits, nil for the fewest that read back.
  static func text(_ value: Double, _ verb: Character, _ precision: Int?) -> [UInt8] {
    switch verb {
    case "x", "X": return hexadecimal(value, upper: verb == "X", precision)
    case "g", "G":
      guard let precision else { return shortest(value, upper: verb == "G") }
      return printed(value, verb, precision)
    default: return printed(value, verb, precision ?? 6)
    }
  }

  private static func printed(_ value: Double, _ verb: Character, _ precision: Int?) -> [UInt8] {
    let format = precision == nil ? "%\(verb)" : "%.*\(verb)"
    let arguments: [any CVarArg] = precision.map { [Int32(clamping: $0), value] } ?? [value]
    let count = withVaList(arguments) { vsnprintf(nil, 0, format, $0) }
    var buffer = [CChar](repeating: 0, count: Int(count) + 1)
    _ = withVaList(arguments) { vsnprintf(&buffer, buffer.count, format, $0) }
    return buffer.dropLast().map { UInt8(bitPattern: $0) }
  }

  /// Significant digits and the position of the point, from Swift's shortest description.
  static func digits(_ value: Double) -> (digits: [UInt8], point: Int) {
    var parts = value.magnitude.description.utf8.split(separator: UInt8(ascii: "e"), maxSplits: 1)
    let exponent = parts.count == 2 ? Int(String(Substring(parts.removeLast()))) ?? 0 : 0
    var digits: [UInt8] = []
    var point = exponent
    var seenPoint = false
    for byte in parts[0] {
      if byte == UInt8(ascii: ".") {
        seenPoint = true
      } else if !digits.isEmpty || byte != 0x30 {
        digits.append(byte)
        if !seenPoint { point += 1 }
      } else if seenPoint {
        point -= 1
      }
    }
    while digits.last == 0x30 { digits.removeLast() }
    return digits.isEmpty ? ([0x30], 1) : (digits, point)
  }

  private static func shortest(_ value: Double, upper: Bool) -> [UInt8] {
    let (digits, point) = digits(value)
    var text: [UInt8] = value.sign == .minus ? [UInt8(ascii: "-")] : []
    let exponent = point - 1
    if exponent < -4 || exponent >= 6 {
      text.append(digits[0])
      if digits.count > 1 {
        text.append(UInt8(ascii: "."))
        text += digits.dropFirst()
      }
      text.append(UInt8(ascii: upper ? "E" : "e"))
      text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
      if abs(exponent) < 10 { text.append(0x30) }
      text += String(abs(exponent)).utf8
      return text
    }
    if point <= 0 {
      text += "0.".utf8
      text += repeatElement(0x30, count: -point)
      text += digits
    } else {
      text += digits.prefix(point)
      text += repeatElement(0x30, count: max(0, point - digits.count))
      if digits.count > point {
        text.append(UInt8(ascii: "."))
        text += digits.dropFirst(point)
      }
    }
    return text
  }

  private static func hexadecimal(_ value: Double, upper: Bool, _ precision: Int?) -> [UInt8] {
    var text = printed(value, upper ? "A" : "a", precision)
    // C leaves out a leading zero of the exponent that Go writes.
    if let mark = text.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "p") }), text.count - mark == 3 {
      text.insert(0x30, at: mark + 2)
    }
    return text
  }
}
