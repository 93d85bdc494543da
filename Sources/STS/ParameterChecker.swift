import S3Model

/// Reads parameters against AWS's model and gathers every violation, so that a client hears of all at once.
struct ParameterChecker {
  private let parameters: STSParameters
  private(set) var violations: [ConstraintViolation] = []

  /// Violations kept: an answer has a bound as well.
  static let violationsMax = 20

  init(_ parameters: STSParameters) { self.parameters = parameters }

  /// - Throws: what was found, if anything was.
  func finish() throws(STSError) {
    if !violations.isEmpty { throw .validation(violations) }
  }

  mutating func note(_ value: ByteString?, _ path: String, _ constraint: ConstraintViolation.Constraint) {
    guard violations.count < Self.violationsMax else { return }
    violations.append(ConstraintViolation(value: value, path: path, constraint: constraint))
  }

  /// A parameter that must be there. Returns an empty text when it is not, beside the violation.
  mutating func required(
    _ name: String, length: ClosedRange<Int>, _ pattern: StaticPattern
  ) -> ByteString {
    guard let value = parameters[name] else {
      note(nil, Self.modelPath(name), .notNull)
      return ""
    }
    check(value, at: Self.modelPath(name), length: length, pattern)
    return value
  }

  mutating func optional(_ name: String, length: ClosedRange<Int>, _ pattern: StaticPattern) -> ByteString? {
    guard let value = parameters[name] else { return nil }
    check(value, at: Self.modelPath(name), length: length, pattern)
    return value
  }

  /// Lengths count characters as Java does, in UTF-16 units.
  mutating func check(_ value: ByteString, at path: String, length: ClosedRange<Int>, _ pattern: StaticPattern) {
    guard let text = String(validating: value.bytes, as: UTF8.self) else {
      note(value, path, .pattern(pattern))
      return
    }
    if !pattern.matches(text.unicodeScalars) { note(value, path, .pattern(pattern)) }
    let count = text.utf16.count
    if count > length.upperBound { note(Self.shortened(value), path, .lengthAtMost(length.upperBound)) }
    if count < length.lowerBound { note(value, path, .lengthAtLeast(length.lowerBound)) }
  }

  /// A duration in seconds, nil when none is given.
  /// - Throws: `notAnInteger`, for which AWS has an answer of its own.
  mutating func seconds(_ name: String, _ range: ClosedRange<Int>) throws(STSError) -> Int? {
    guard let value = parameters[name] else { return nil }
    guard let seconds = Self.integer(value) else { throw .notAnInteger(name) }
    if seconds > range.upperBound { note(value, Self.modelPath(name), .valueAtMost(range.upperBound)) }
    if seconds < range.lowerBound { note(value, Self.modelPath(name), .valueAtLeast(range.lowerBound)) }
    return seconds
  }

  /// `Tags.member.N.Key`, `Tags.member.N.Value`
  mutating func tags() throws(STSError) -> [SessionTag] {
    let count = try parameters.memberCount("Tags", suffixes: [".Key", ".Value"])
    noteListLength(count, at: "tags", max: SessionTokenLimits.tagsMax)
    var tags: [SessionTag] = []
    for number in 1..<(min(count, SessionTokenLimits.tagsMax) + 1) {
      let path = "tags.\(number).member"
      let key = member("Tags.member.\(number).Key", at: "\(path).key", length: 1...128, .tagKey)
      let value = member("Tags.member.\(number).Value", at: "\(path).value", length: 0...256, .tagValue)
      tags.append(SessionTag(key: key, value: value))
    }
    return tags
  }

  /// `TransitiveTagKeys.member.N`
  mutating func transitiveTagKeys() throws(STSError) -> [ByteString] {
    let count = try parameters.memberCount("TransitiveTagKeys", suffixes: [""])
    noteListLength(count, at: "transitiveTagKeys", max: SessionTokenLimits.tagsMax)
    var keys: [ByteString] = []
    for number in 1..<(min(count, SessionTokenLimits.tagsMax) + 1) {
      let name = "TransitiveTagKeys.member.\(number)"
      keys.append(member(name, at: "transitiveTagKeys.\(number).member", length: 1...128, .tagKey))
    }
    return keys
  }

  /// `PolicyArns.member.N.arn`
  mutating func policyARNs() throws(STSError) -> [ByteString] {
    let count = try parameters.memberCount("PolicyArns", suffixes: [".arn"])
    noteListLength(count, at: "policyArns", max: SessionTokenLimits.policyARNsMax)
    var arns: [ByteString] = []
    for number in 1..<(min(count, SessionTokenLimits.policyARNsMax) + 1) {
      let name = "PolicyArns.member.\(number).arn"
      arns.append(member(name, at: "policyArns.\(number).member.arn", length: 20...2048, .arn))
    }
    return arns
  }

  private mutating func member(
    _ name: String, at path: String, length: ClosedRange<Int>, _ pattern: StaticPattern
  ) -> ByteString {
    guard let value = parameters[name] else {
      note(nil, path, .notNull)
      return ""
    }
    check(value, at: path, length: length, pattern)
    return value
  }

  private mutating func noteListLength(_ count: Int, at path: String, max: Int) {
    if count > max { note(ByteString("[\(count) members]"), path, .lengthAtMost(max)) }
  }

  /// `RoleSessionName` is `roleSessionName` in AWS's messages.
  private static func modelPath(_ name: String) -> String {
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
