/// A condition operator as written, such as `ForAnyValue:StringNotLikeIfExists`, taken apart.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
struct ConditionOperator: Sendable, Equatable {
  enum Base: Sendable, Equatable {
    case string(wildcards: Bool, ignoringCase: Bool)
    case numeric(Relation)
    case date(Relation)
    case bool
    case binary
    case address
    case arn
    case null
  }

  enum Relation: Sendable, Equatable {
    case equal, less, lessOrEqual, greater, greaterOrEqual

    @inline(__always)
    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal: left == right
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      }
    }
  }

  enum Quantifier: Sendable, Equatable {
    case single, forAllValues, forAnyValue
  }

  var base: Base
  /// `StringNotEquals` and its like: none of the operands may match.
  var negated: Bool
  var ifExists: Bool
  var quantifier: Quantifier

  /// Nil for a name that is no operator; names are case-sensitive.
  init?(name: String) {
    var rest = Substring(name)
    if rest.hasPrefix("ForAllValues:") {
      quantifier = .forAllValues
      rest = rest.dropFirst("ForAllValues:".count)
    } else if rest.hasPrefix("ForAnyValue:") {
      quantifier = .forAnyValue
      rest = rest.dropFirst("ForAnyValue:".count)
    } else {
      quantifier = .single
    }
    ifExists = rest.hasSuffix("IfExists")
    if ifExists { rest = rest.dropLast("IfExists".count) }
    guard let (base, negated) = Self.bases[String(rest)] else { return nil }
    // "You can add IfExists to the end of any condition operator except Null."
    guard base != .null || !ifExists else { return nil }
    self.base = base
    self.negated = negated
  }

  private static let bases: [String: (Base, Bool)] = [
    "StringEquals": (.string(wildcards: false, ignoringCase: false), false),
    "StringNotEquals": (.string(wildcards: false, ignoringCase: false), true),
    "StringEqualsIgnoreCase": (.string(wildcards: false, ignoringCase: true), false),
    "StringNotEqualsIgnoreCase": (.string(wildcards: false, ignoringCase: true), true),
    "StringLike": (.string(wildcards: true, ignoringCase: false), false),
    "StringNotLike": (.string(wildcards: true, ignoringCase: false), true),
    "NumericEquals": (.numeric(.equal), false),
    "NumericNotEquals": (.numeric(.equal), true),
    "NumericLessThan": (.numeric(.less), false),
    "NumericLessThanEquals": (.numeric(.lessOrEqual), false),
    "NumericGreaterThan": (.numeric(.greater), false),
    "NumericGreaterThanEquals": (.numeric(.greaterOrEqual), false),
    "DateEquals": (.date(.equal), false),
    "DateNotEquals": (.date(.equal), true),
    "DateLessThan": (.date(.less), false),
    "DateLessThanEquals": (.date(.lessOrEqual), false),
    "DateGreaterThan": (.date(.greater), false),
    "DateGreaterThanEquals": (.date(.greaterOrEqual), false),
    "Bool": (.bool, false),
    "BinaryEquals": (.binary, false),
    "IpAddress": (.address, false),
    "NotIpAddress": (.address, true),
    "ArnEquals": (.arn, false),
    "ArnLike": (.arn, false),
    "ArnNotEquals": (.arn, true),
    "ArnNotLike": (.arn, true),
    "Null": (.null, false),
  ]
}
