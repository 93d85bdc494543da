import S3Model

/// One operator applied to one key.
struct CompiledCondition: Sendable {
  enum Test: Sendable {
    case text([TextPattern], ignoringCase: Bool)
    case arn([ARNPattern])
    case number(ConditionOperator.Relation, [Operand<PolicyNumber>])
    case date(ConditionOperator.Relation, [Operand<PolicyDate>])
    case flag([Operand<PolicyFlag>])
    case binary([Operand<PolicyBinary>])
    case address([Operand<IPNetwork>])
    case null([Operand<PolicyFlag>])
  }

  let key: ConditionKey
  let test: Test
  let negated: Bool
  let ifExists: Bool
  let quantifier: ConditionOperator.Quantifier
  let operandCount: Int

  /// The keys read besides ``key``: those of variables in the operands.
  var variables: [ConditionKey] {
    switch test {
    case .text(let patterns, _): patterns.flatMap(\.variables)
    case .arn(let patterns): patterns.flatMap(\.variables)
    case .number(_, let operands): Self.variables(operands)
    case .date(_, let operands): Self.variables(operands)
    case .flag(let operands), .null(let operands): Self.variables(operands)
    case .binary(let operands): Self.variables(operands)
    case .address(let operands): Self.variables(operands)
    }
  }

  private static func variables<Value>(_ operands: [Operand<Value>]) -> [ConditionKey] {
    operands.flatMap { if case .variable(let pattern) = $0 { pattern.variables } else { [ConditionKey]() } }
  }
}

extension CompiledCondition {
  /// Whether the condition holds; never ``PatternMatch/unresolved``.
  func holds(_ context: some ConditionContext) -> PatternMatch {
    let value = context.value(for: key)
    if case .null(let operands) = test { return Self.null(operands, value, context) }
    switch value {
    case .absent: return missing
    case .unavailable: return .error
    case .texts(let texts):
      if texts.isEmpty { return missing }
      return quantified(texts, context)
    default:
      // One value: all of them and any of them are the same.
      return accepts(value, context)
    }
  }

  /// Source: IAM User Guide, "IfExists" and "Set operators": a missing key fails a test, passes a negated one;
  /// `ForAllValues` passes and `ForAnyValue` fails.
  private var missing: PatternMatch {
    if ifExists { return .yes }
    switch quantifier {
    case .single: return negated ? (operandCount == 0 ? .error : .yes) : .no
    case .forAllValues: return .yes
    case .forAnyValue: return .no
    }
  }

  private func quantified(_ texts: [ByteString], _ context: some ConditionContext) -> PatternMatch {
    // Several values under an operator made for one: any may match, and none may under a negated one.
    let all = quantifier == .forAllValues || quantifier == .single && negated
    var error = false
    for text in texts {
      switch accepts(.text(text), context) {
      case .yes: if !all { return .yes }
      case .no, .unresolved: if all { return .no }
      case .error: error = true
      }
    }
    return error ? .error : all ? .yes : .no
  }

  /// Whether one value passes, the negation taken into account.
  private func accepts(_ value: ConditionValue, _ context: some ConditionContext) -> PatternMatch {
    let match = matchesAny(value, context)
    guard negated else { return match == .unresolved ? .no : match }
    switch match {
    case .yes: return .no
    case .no: return operandCount == 0 ? .error : .yes
    case .unresolved, .error: return .error
    }
  }

  private static func null(
    _ operands: [Operand<PolicyFlag>], _ value: ConditionValue, _ context: some ConditionContext
  ) -> PatternMatch {
    let absent: Bool
    switch value {
    case .absent: absent = true
    case .texts(let texts): absent = texts.isEmpty
    case .unavailable: return .error
    default: absent = false
    }
    return any(operands, context) { $0.value == absent }
  }

  /// Whether any operand matches the value.
  private func matchesAny(_ value: ConditionValue, _ context: some ConditionContext) -> PatternMatch {
    switch test {
    case .text(let patterns, let ignoringCase):
      return withText(value) { bytes in
        Self.any(patterns) { $0.matches(bytes, ignoringCase: ignoringCase, context) }
      }
    case .arn(let patterns):
      return withText(value) { bytes in
        guard ARNPattern.isARN(bytes) else { return .error }
        return Self.any(patterns) { pattern in
          // A pattern that can match nothing must not make a negated test pass.
          if case .incomplete = pattern { .unresolved } else { pattern.matches(bytes, context) }
        }
      }
    case .number(let relation, let operands):
      guard let number = Self.number(value) else { return .error }
      return Self.any(operands, context) { relation.holds(number.value, $0.value) }
    case .date(let relation, let operands):
      guard let date = Self.date(value) else { return .error }
      return Self.any(operands, context) { relation.holds(date, $0) }
    case .flag(let operands):
      guard let flag = Self.flag(value) else { return .error }
      return Self.any(operands, context) { $0.value == flag }
    case .binary(let operands):
      guard case .text(let text) = value, let binary = PolicyBinary(operand: text.bytes) else { return .error }
      return Self.any(operands, context) { $0.bytes == binary.bytes }
    case .address(let operands):
      guard let address = Self.address(value) else { return .error }
      return Self.any(operands, context) { $0.contains(address) }
    case .null: return .error
    }
  }

  @inline(__always)
  private static func any<Element>(_ elements: [Element], _ match: (Element) -> PatternMatch) -> PatternMatch {
    var result = PatternMatch.no
    for element in elements {
      switch match(element) {
      case .yes: return .yes
      case .no: break
      case .unresolved: if result == .no { result = .unresolved }
      case .error: result = .error
      }
    }
    return result
  }

  @inline(__always)
  private static func any<Value>(
    _ operands: [Operand<Value>], _ context: some ConditionContext, _ holds: (Value) -> Bool
  ) -> PatternMatch {
    var result = PatternMatch.no
    for operand in operands {
      switch operand.value(context) {
      case .value(let value): if holds(value) { return .yes }
      case .unresolved: if result == .no { result = .unresolved }
      case .malformed: result = .error
      }
    }
    return result
  }
}

extension CompiledCondition {
  @inline(__always)
  private func withText(
    _ value: ConditionValue, _ body: (UnsafeBufferPointer<UInt8>) -> PatternMatch
  ) -> PatternMatch {
    switch value {
    case .text(let text): text.bytes.withUnsafeBufferPointer(body)
    case .boolean(let flag): Array((flag ? "true" : "false").utf8).withUnsafeBufferPointer(body)
    case .integer(let number): Array(String(number).utf8).withUnsafeBufferPointer(body)
    case .date(let date): date.bytes.bytes.withUnsafeBufferPointer(body)
    case .address(let address): Array(address.description.utf8).withUnsafeBufferPointer(body)
    case .absent, .texts, .unavailable: .error
    }
  }

  private static func number(_ value: ConditionValue) -> PolicyNumber? {
    switch value {
    case .integer(let number): PolicyNumber(number)
    case .date(let date): PolicyNumber(date.milliseconds / 1000)
    case .text(let text): PolicyNumber(operand: text.bytes)
    default: nil
    }
  }

  private static func date(_ value: ConditionValue) -> PolicyDate? {
    switch value {
    case .date(let date): date
    case .integer(let number): PolicyDate.epoch(number)
    case .text(let text): PolicyDate(parsing: text.bytes)
    default: nil
    }
  }

  private static func flag(_ value: ConditionValue) -> Bool? {
    switch value {
    case .boolean(let flag): flag
    case .text(let text): PolicyFlag(operand: text.bytes)?.value
    default: nil
    }
  }

  private static func address(_ value: ConditionValue) -> IPAddress? {
    switch value {
    case .address(let address): address
    case .text(let text): IPAddress(text.text)
    default: nil
    }
  }
}
