public import S3Model

/// Reads parameters against AWS's model and gathers every violation, so that a client hears of all at once.
///
/// Readers give a harmless value beside a violation; ``finish()`` throws, and nothing that was read counts before it.
public struct ParameterChecker {
  public let parameters: QueryParameters
  public private(set) var violations: [ConstraintViolation] = []
  /// What is no violation of a shape but no such value at all: it is told alone.
  private var fault: QueryParameterError?

  /// Violations kept: an answer has a bound as well.
  static let violationsMax = 20

  public init(_ parameters: QueryParameters) { self.parameters = parameters }

  /// - Throws: what was found, if anything was.
  public func finish() throws(QueryParameterError) {
    if let fault { throw fault }
    if !violations.isEmpty { throw .validation(violations) }
  }

  public mutating func note(_ value: ByteString?, _ path: String, _ constraint: ConstraintViolation.Constraint) {
    guard violations.count < Self.violationsMax else { return }
    violations.append(ConstraintViolation(value: value.map(Self.shortened), path: path, constraint: constraint))
  }

  /// Notes a rule that no shape of AWS's model has, in the words of its answer.
  public mutating func refuse(_ code: S3ErrorCode, _ message: String) { note(.refused(code, message)) }

  private mutating func note(_ error: QueryParameterError) {
    if fault == nil { fault = error }
  }

  /// A parameter that must be there. Returns an empty text when it is not, beside the violation.
  public mutating func required(
    _ name: String, length: ClosedRange<Int>, _ pattern: StaticPattern, isSecret: Bool = false
  ) -> ByteString {
    guard let value = parameters[name] else {
      note(nil, Self.modelPath(name), .notNull)
      return ""
    }
    check(value, at: Self.modelPath(name), length: length, pattern, isSecret: isSecret)
    return value
  }

  public mutating func optional(
    _ name: String, length: ClosedRange<Int>, _ pattern: StaticPattern, isSecret: Bool = false
  ) -> ByteString? {
    guard let value = parameters[name] else { return nil }
    check(value, at: Self.modelPath(name), length: length, pattern, isSecret: isSecret)
    return value
  }

  /// Lengths count characters as Java does, in UTF-16 units.
  /// - Parameter isSecret: the value is not told back.
  public mutating func check(
    _ value: ByteString, at path: String, length: ClosedRange<Int>, _ pattern: StaticPattern, isSecret: Bool = false
  ) {
    let shown: ByteString = isSecret ? "***" : value
    guard let text = String(validating: value.bytes, as: UTF8.self) else {
      note(shown, path, .pattern(pattern))
      return
    }
    if !pattern.matches(text.unicodeScalars) { note(shown, path, .pattern(pattern)) }
    let count = text.utf16.count
    if count > length.upperBound { note(shown, path, .lengthAtMost(length.upperBound)) }
    if count < length.lowerBound { note(shown, path, .lengthAtLeast(length.lowerBound)) }
  }

  /// A duration in seconds, nil when none is given.
  public mutating func seconds(_ name: String, _ range: ClosedRange<Int>) -> Int? { integer(name, range) }

  /// An integer, nil when none is given. What is none at all has an answer of its own: `notAnInteger`.
  public mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = parameters[name] else { return nil }
    guard let number = Self.integer(value) else {
      note(.notAnInteger(name))
      return nil
    }
    if number > range.upperBound { note(value, Self.modelPath(name), .valueAtMost(range.upperBound)) }
    if number < range.lowerBound { note(value, Self.modelPath(name), .valueAtLeast(range.lowerBound)) }
    return number
  }

  /// `true` or `false` in any case, nil when none is given.
  public mutating func flag(_ name: String) -> Bool? {
    guard let value = parameters[name] else { return nil }
    switch value.text.lowercased() {
    case "true": return true
    case "false": return false
    default:
      note(.notABoolean(name))
      return nil
    }
  }

  /// One of an enumeration, nil when none is given.
  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
    guard let value = parameters[name] else { return nil }
    return choice(value, at: Self.modelPath(name))
  }

  public mutating func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
    if parameters[name] == nil { note(nil, Self.modelPath(name), .notNull) }
    return choice(name)
  }

  public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: ByteString, at path: String
  ) -> Choice? {
    // By bytes: Swift's equality of text would let other spellings of one name pass.
    if let choice = Choice.allCases.first(where: { $0.rawValue.utf8.elementsEqual(value.bytes) }) { return choice }
    note(value, path, .oneOf(Choice.allCases.map(\.rawValue)))
    return nil
  }

  /// How many members a list has; a list that cannot be read has none, beside the fault.
  public mutating func count(_ name: String, suffixes: [String] = [""], _ range: ClosedRange<Int>) -> Int {
    let count: Int
    do throws(QueryParameterError) {
      count = try parameters.memberCount(name, suffixes: suffixes)
    } catch {
      note(error)
      return 0
    }
    if count > range.upperBound { noteListLength(count, at: Self.modelPath(name), .lengthAtMost(range.upperBound)) }
    if count < range.lowerBound { noteListLength(count, at: Self.modelPath(name), .lengthAtLeast(range.lowerBound)) }
    return min(count, range.upperBound)
  }

  /// `Name.member.N`, each checked.
  public mutating func list(
    _ name: String, count range: ClosedRange<Int>, length: ClosedRange<Int>, _ pattern: StaticPattern
  ) -> [ByteString] {
    var values: [ByteString] = []
    for number in 1..<(count(name, range) + 1) {
      values.append(
        member("\(name).member.\(number)", at: "\(Self.modelPath(name)).\(number).member", length: length, pattern))
    }
    return values
  }

  /// One parameter of a list's member, which must be there.
  public mutating func member(
    _ name: String, at path: String, length: ClosedRange<Int>, _ pattern: StaticPattern
  ) -> ByteString {
    guard let value = parameters[name] else {
      note(nil, path, .notNull)
      return ""
    }
    check(value, at: path, length: length, pattern)
    return value
  }

  private mutating func noteListLength(_ count: Int, at path: String, _ constraint: ConstraintViolation.Constraint) {
    note(ByteString("[\(count) members]"), path, constraint)
  }

  /// `RoleSessionName` is `roleSessionName` in AWS's messages.
  public static func modelPath(_ name: String) -> String {
    name.prefix(1).lowercased() + name.dropFirst()
  }

  /// What is too long is not told back in full.
  private static func shortened(_ value: ByteString) -> ByteString {
    value.count <= 512 ? value : ByteString(value.bytes[..<512] + Array("...".utf8))
  }

  /// A decimal of at most nine digits with an optional minus; nil for anything else.
  private static func integer(_ text: ByteString) -> Int? {
    let isNegative = text.bytes.first == 0x2D
    let digits = text.bytes.dropFirst(isNegative ? 1 : 0)
    guard (1...9).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    let magnitude = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return isNegative ? -magnitude : magnitude
  }
}
