import S3Model

/// One value a condition compares with: parsed at load, or, where it holds variables, when it is needed.
enum Operand<Value: OperandValue>: Sendable {
  case constant(Value)
  case variable(TextPattern)

  @inline(__always)
  func value(_ context: some ConditionContext) -> OperandResult<Value> {
    switch self {
    case .constant(let value): .value(value)
    case .variable(let pattern):
      switch pattern.resolved(context) {
      case .success(let bytes): Value(operand: bytes).map { .value($0) } ?? .malformed
      case .failure(.missing): .unresolved
      case .failure(.unavailable): .malformed
      }
    }
  }
}

enum OperandResult<Value> {
  case value(Value)
  case unresolved
  case malformed
}

/// A type that operands are compared as.
protocol OperandValue: Sendable {
  init?(operand bytes: [UInt8])
}

/// Sign, digits, optionally a fraction: no exponent, no infinity.
struct PolicyNumber: OperandValue {
  let value: Double

  init(_ number: Int64) { value = Double(number) }

  init?(operand bytes: [UInt8]) {
    let signed = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
    let parts = bytes.dropFirst(signed ? 1 : 0).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), bytes.count <= 40,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } }),
      let number = Double(String(decoding: bytes, as: UTF8.self))
    else { return nil }
    value = number
  }
}

extension PolicyDate: OperandValue {
  init?(operand bytes: [UInt8]) { self.init(parsing: bytes) }
}

/// `true` or `false` in any case.
struct PolicyFlag: OperandValue {
  let value: Bool

  init?(operand bytes: [UInt8]) {
    switch bytes.map(ASCIICase.lowercased) {
    case Array("true".utf8): value = true
    case Array("false".utf8): value = false
    default: return nil
    }
  }
}

extension IPNetwork: OperandValue {
  init?(operand bytes: [UInt8]) { self.init(String(decoding: bytes, as: UTF8.self)) }
}

/// Bytes written in base64 (RFC 4648 section 4, padded).
struct PolicyBinary: OperandValue {
  let bytes: [UInt8]

  init?(operand text: [UInt8]) {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var decoded: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.dropLast(padding) {
      let value: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        bits &= (1 << UInt32(count)) - 1
      }
    }
    guard bits == 0 else { return nil }
    bytes = decoded
  }
}
