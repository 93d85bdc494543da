import BigInt

/// `units.*` and `semver.*`.
enum UnitBuiltins {
  static let all: [Builtin] = [
    Builtin("units.parse", [.string], .number, parse),
    Builtin("units.parse_bytes", [.string], .number, parseBytes),
    Builtin("semver.compare", [.string, .string], .number) { operands, _ throws(BuiltinError) in
      let (left, right) = (try operands.text(0), try operands.text(1))
      guard let version = SemanticVersion(left) else {
        throw .failed("operand 1: string \(Value.string(left)) is not a valid SemVer")
      }
      guard let other = SemanticVersion(right) else {
        throw .failed("operand 2: string \(Value.string(right)) is not a valid SemVer")
      }
      return .integer(Int64(version.compare(other)))
    },
    Builtin("semver.is_valid", [.any], .boolean) { operands, _ throws(BuiltinError) in
      guard case .string(let text) = operands[0] else { return false }
      return .boolean(SemanticVersion(text) != nil)
    },
  ]

  /// Amount and unit of `10.5Mi`; what is a number is decided later.
  private static func amount(
    _ bytes: [UInt8], _ name: String, missing: String
  ) throws(BuiltinError) -> (amount: [UInt8], unit: [UInt8]) {
    if bytes.contains(0x20) { throw .failed("\(name): spaces not allowed in resource strings") }
    func isDigit(_ index: Int) -> Bool { index < bytes.count && bytes[index] &- 0x30 < 10 }
    var index = 0
    scan: while index < bytes.count {
      switch bytes[index] {
      case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): break
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let signed =
          index + 1 < bytes.count && (bytes[index + 1] == UInt8(ascii: "+") || bytes[index + 1] == UInt8(ascii: "-"))
        guard signed || isDigit(index + 1) else { break scan }
        if signed { index += 1 }
        var end = index + 1
        while isDigit(end) { end += 1 }
        if end - index - 1 > 6 { throw .failed("\(name): exponent too large") }
      default: break scan
      }
      index += 1
    }
    if index == 0 { throw .failed("\(name): \(missing)") }
    return (Array(bytes[..<index]), Array(bytes[index...]))
  }

  /// Go takes `.5` and `5.` too.
  private static func decimal(_ bytes: [UInt8], _ fault: BuiltinError) throws(BuiltinError) -> DecimalParts {
    var bytes = bytes
    if let point = bytes.firstIndex(of: UInt8(ascii: ".")) {
      let before = point > 0 && bytes[point - 1] &- 0x30 < 10
      let after = point + 1 < bytes.count && bytes[point + 1] &- 0x30 < 10
      if !before && !after { throw fault }
      if !after { bytes.insert(0x30, at: point + 1) }
      if !before { bytes.insert(0x30, at: point) }
    }
    guard bytes.count <= 1000, let parts = bytes.withUnsafeBytes({ DecimalParts($0) }) else { throw fault }
    return parts
  }

  private static let parse: BuiltinFunction = { operands, context throws(BuiltinError) in
    let bytes = try operands.text(0).bytes.filter { $0 != UInt8(ascii: "\"") }
    let name = "units.parse"
    let (amount, unit) = try amount(bytes, name, missing: "no amount provided")
    // The first letter tells milli from mega.
    var spelled = String(decoding: unit, as: UTF8.self)
    if unit.count > 1 { spelled = String(spelled.prefix(1)) + spelled.dropFirst().lowercased() }
    var numerator = BigInt(1)
    var denominator = BigInt(1)
    switch spelled {
    case "m":
      // Go's 0.001 is the double nearest to it.
      numerator = BigInt(1_152_921_504_606_847)
      denominator = BigInt(1) << 60
    case "": break
    case "k", "K": numerator = BigInt(1000)
    case "ki", "Ki": numerator = BigInt(1) << 10
    case "M": numerator = BigInt(10).power(6)
    case "mi", "Mi": numerator = BigInt(1) << 20
    case "g", "G": numerator = BigInt(10).power(9)
    case "gi", "Gi": numerator = BigInt(1) << 30
    case "t", "T": numerator = BigInt(10).power(12)
    case "ti", "Ti": numerator = BigInt(1) << 40
    case "p", "P": numerator = BigInt(10).power(15)
    case "pi", "Pi": numerator = BigInt(1) << 50
    case "e", "E": numerator = BigInt(10).power(18)
    case "ei", "Ei": numerator = BigInt(1) << 60
    default: throw .failed("\(name): unit \(spelled) not recognized")
    }
    let parts = try decimal(amount, .failed("\(name): could not parse amount to a number"))
    guard abs(parts.exponent) <= BigNumber.magnitudeMax else { throw .failed("\(name): exponent too large") }
    try context.charge(instructions: abs(parts.exponent), bytes: abs(parts.exponent))
    numerator *= BigInt(String(decoding: parts.digits, as: UTF8.self)) ?? 0
    if parts.exponent >= 0 {
      numerator *= BigInt(10).power(parts.exponent)
    } else {
      denominator *= BigInt(10).power(-parts.exponent)
    }
    let sign: BigInt = parts.isNegative ? -1 : 1
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    if rest.isZero { return Value(whole * sign) }
    // Ten decimals, halves away from zero.
    let (scaled, left) = (numerator * BigInt(10).power(10)).quotientAndRemainder(dividingBy: denominator)
    var digits = Array(String(left * 2 >= denominator ? scaled + 1 : scaled).utf8)
    digits = Array(repeatElement(0x30, count: max(0, 11 - digits.count))) + digits
    digits.insert(UInt8(ascii: "."), at: digits.count - 10)
    if parts.isNegative { digits.insert(UInt8(ascii: "-"), at: 0) }
    guard let value = Value(numberLiteral: digits) else { throw .failed("\(name): exponent too large") }
    return value
  }

  private static let parseBytes: BuiltinFunction = { operands, context throws(BuiltinError) in
    let bytes = try operands.text(0).bytes.filter { $0 != UInt8(ascii: "\"") }.map { $0 &- 0x41 < 26 ? $0 + 0x20 : $0 }
    let name = "units.parse_bytes"
    let (amount, unit) = try amount(bytes, name, missing: "no byte amount provided")
    let spelled = String(decoding: unit, as: UTF8.self)
    let factor: UInt64
    switch spelled {
    case "": factor = 1
    case "kb", "k": factor = 1000
    case "kib", "ki": factor = 1 << 10
    case "mb", "m": factor = 1_000_000
    case "mib", "mi": factor = 1 << 20
    case "gb", "g": factor = 1_000_000_000
    case "gib", "gi": factor = 1 << 30
    case "tb", "t": factor = 1_000_000_000_000
    case "tib", "ti": factor = 1 << 40
    case "pb", "p": factor = 1_000_000_000_000_000
    case "pib", "pi": factor = 1 << 50
    case "eb", "e": factor = 1_000_000_000_000_000_000
    case "eib", "ei": factor = 1 << 60
    default: throw .failed("\(name): byte unit \(spelled) not recognized")
    }
    let parts = try decimal(amount, .failed("\(name): could not parse byte amount to a number"))
    guard abs(parts.exponent) <= BigNumber.magnitudeMax else { throw .failed("\(name): exponent too large") }
    let number = Value.number(
      BigNumber(
        text: "0", isNegative: parts.isNegative && !parts.digits.isEmpty, digits: Text(bytes: parts.digits),
        exponent: parts.exponent))
    try Arithmetic.charge(number, context)
    return Value((BinaryFloat(number) * BinaryFloat(BigInt(factor))).truncated)
  }
}

/// A version as OPA reads it (SemVer 2.0.0, a `v` in front allowed, leading zeros too).
struct SemanticVersion {
  private let numbers: [Int64]
  private let preRelease: [UInt8]

  init?(_ text: Text) {
    var rest = text.bytes[...]
    if rest.first == UInt8(ascii: "v") { rest = rest.dropFirst() }
    func cut(_ separator: UInt8) -> ArraySlice<UInt8> {
      guard let place = rest.firstIndex(of: separator) else { return [] }
      let tail = rest[(place + 1)...]
      rest = rest[..<place]
      return tail
    }
    func isGood(_ identifiers: ArraySlice<UInt8>) -> Bool {
      identifiers.isEmpty
        || identifiers.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
          !$0.isEmpty
            && $0.allSatisfy {
              $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "-")
            }
        }
    }
    guard isGood(cut(UInt8(ascii: "+"))) else { return nil }
    let preRelease = cut(UInt8(ascii: "-"))
    guard isGood(preRelease) else { return nil }
    self.preRelease = Array(preRelease)
    let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var numbers: [Int64] = []
    for part in parts {
      // Int64 takes a sign, as Go's ParseInt does.
      guard let number = Int64(String(decoding: part, as: UTF8.self)) else { return nil }
      numbers.append(number)
    }
    self.numbers = numbers
  }

  /// Source: semver.org, item 11.
  func compare(_ other: SemanticVersion) -> Int {
    for (left, right) in zip(numbers, other.numbers) where left != right { return left < right ? -1 : 1 }
    if preRelease == other.preRelease { return 0 }
    if preRelease.isEmpty { return 1 }
    if other.preRelease.isEmpty { return -1 }
    let parts = preRelease.split(separator: UInt8(ascii: "."))
    let others = other.preRelease.split(separator: UInt8(ascii: "."))
    for (left, right) in zip(parts, others) where left != right {
      switch (Int(String(decoding: left, as: UTF8.self)), Int(String(decoding: right, as: UTF8.self))) {
      case (let left?, let right?): if left != right { return left < right ? -1 : 1 }
      case (.some, nil): return -1
      case (nil, .some): return 1
      case (nil, nil): return left.lexicographicallyPrecedes(right) ? -1 : 1
      }
    }
    return parts.count < others.count ? -1 : (parts.count == others.count ? 0 : 1)
  }
}
