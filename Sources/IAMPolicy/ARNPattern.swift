/// An ARN with wildcards, of a `Resource` element or an `Arn…` operator.
///
/// A wildcard stays inside its part, except in the last, which may hold colons itself.
/// Source: IAM User Guide, "IAM JSON policy elements: Resource" and "ARN condition operators".
enum ARNPattern: Sendable {
  /// `*`: every resource.
  case any
  /// The first five parts are literal, so the whole compares as one text.
  case whole(TextPattern)
  case parts([TextPattern])
  /// Fewer than six parts in an operator: matches nothing.
  case incomplete

  /// A `Resource`: missing parts are filled up with `*`.
  init(resource text: [UInt8], variables: Bool) throws(TextPattern.ParseFault) {
    try self.init(text, variables: variables, filling: true)
  }

  /// An operand of `ArnLike` and its like.
  init(operand text: [UInt8], variables: Bool) throws(TextPattern.ParseFault) {
    try self.init(text, variables: variables, filling: false)
  }

  private init(_ text: [UInt8], variables: Bool, filling: Bool) throws(TextPattern.ParseFault) {
    let syntax = TextPattern.Syntax(wildcards: true, variables: variables)
    if text == [UInt8(ascii: "*")] {
      self = .any
      return
    }
    let segments = TextPattern.arnSegments(text, variables: variables)
    var parts: [TextPattern] = []
    for segment in segments { parts.append(try TextPattern(parsing: segment, syntax)) }
    if parts.count < 6 {
      guard filling else {
        self = .incomplete
        return
      }
      let any = TextPattern(pieces: [.tokens([TextPattern.star])])
      parts += Array(repeating: any, count: 6 - parts.count)
    }
    if segments.count == 6, parts.prefix(5).allSatisfy({ $0.literal != nil }) {
      self = .whole(try TextPattern(parsing: text, syntax))
    } else {
      self = .parts(parts)
    }
  }

  var variables: [ConditionKey] {
    switch self {
    case .any, .incomplete: []
    case .whole(let pattern): pattern.variables
    case .parts(let parts): parts.flatMap(\.variables)
    }
  }

  @inline(__always)
  func matches(_ arn: UnsafeBufferPointer<UInt8>, _ context: some ConditionContext) -> PatternMatch {
    switch self {
    case .any: .yes
    case .whole(let pattern): pattern.matches(arn, context)
    case .parts(let parts): Self.matches(parts, arn, context)
    case .incomplete: .no
    }
  }

  private static func matches(
    _ parts: [TextPattern], _ arn: UnsafeBufferPointer<UInt8>, _ context: some ConditionContext
  ) -> PatternMatch {
    var start = 0
    var worst = PatternMatch.yes
    for (index, part) in parts.enumerated() {
      var end = arn.count
      if index < 5 {
        end = start
        while end < arn.count, arn[end] != UInt8(ascii: ":") { end += 1 }
        guard end < arn.count else { return .no }
      }
      switch part.matches(UnsafeBufferPointer(rebasing: arn[start..<end]), context) {
      case .yes: break
      case .no: return .no
      case .unresolved: if worst == .yes { worst = .unresolved }
      case .error: worst = .error
      }
      start = end + 1
    }
    return worst
  }

  /// Whether the bytes have the six parts of an ARN.
  static func isARN(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count > 4, bytes[0] == UInt8(ascii: "a"), bytes[1] == UInt8(ascii: "r"), bytes[2] == UInt8(ascii: "n"),
      bytes[3] == UInt8(ascii: ":")
    else { return false }
    var colons = 0
    for byte in bytes where byte == UInt8(ascii: ":") { colons += 1 }
    return colons >= 5
  }
}
