/// Whether two simple patterns have a text in common, for `regex.globs_match`.
///
/// The language: characters, `.`, classes `[a-z]`, each with `*` or `+` behind it, and `\` before special ones.
/// Source: OPA, "Policy Reference", regex.globs_match; yashtewari/glob-intersection.
enum GlobIntersection {
  private struct Token {
    /// Nil is any character.
    var ranges: [ClosedRange<UInt32>]?
    var repeats: Bool

    func intersects(_ other: Token) -> Bool {
      guard let ranges, let others = other.ranges else { return true }
      return ranges.contains { range in others.contains { range.overlaps($0) } }
    }
  }

  /// Pairs of positions looked at; patterns whose product is larger are refused.
  private static let pairsMax = 4_000_000

  static func isNonEmpty(_ left: Text, _ right: Text) throws(BuiltinError) -> Bool {
    let (left, right) = (try tokens(left), try tokens(right))
    let width = right.count + 1
    guard (left.count + 1) * width <= pairsMax else { throw .failed("the patterns are too long") }
    var seen = [Bool](repeating: false, count: (left.count + 1) * width)
    var pending = [(0, 0)]
    while let (first, second) = pending.popLast() {
      if first == left.count, second == right.count { return true }
      if seen[first * width + second] { continue }
      seen[first * width + second] = true
      let one = first < left.count ? left[first] : nil
      let other = second < right.count ? right[second] : nil
      if let one, one.repeats { pending.append((first + 1, second)) }
      if let other, other.repeats { pending.append((first, second + 1)) }
      if let one, let other, one.intersects(other) {
        pending.append((one.repeats ? first : first + 1, other.repeats ? second : second + 1))
      }
    }
    return false
  }

  private static func tokens(_ pattern: Text) throws(BuiltinError) -> [Token] {
    let scalars = Array(pattern.string.unicodeScalars)
    var tokens: [Token] = []
    var position = 0
    let malformed = BuiltinError.failed("input:\(pattern.string), the input provided is invalid")
    while position < scalars.count {
      var token = Token(ranges: nil, repeats: false)
      switch scalars[position] {
      case ".": position += 1
      case "*", "+": throw malformed
      case "[": token.ranges = try characterClass(scalars, &position, malformed)
      default:
        if scalars[position] == "\\", position + 1 < scalars.count { position += 1 }
        token.ranges = [scalars[position].value...scalars[position].value]
        position += 1
      }
      if position < scalars.count, scalars[position] == "*" {
        token.repeats = true
        position += 1
      } else if position < scalars.count, scalars[position] == "+" {
        tokens.append(token)
        token.repeats = true
        position += 1
      }
      tokens.append(token)
    }
    return tokens
  }

  private static func characterClass(
    _ scalars: [Unicode.Scalar], _ position: inout Int, _ malformed: BuiltinError
  ) throws(BuiltinError) -> [ClosedRange<UInt32>] {
    position += 1
    var ranges: [ClosedRange<UInt32>] = []
    while position < scalars.count, scalars[position] != "]" {
      if scalars[position] == "\\", position + 1 < scalars.count { position += 1 }
      let low = scalars[position].value
      position += 1
      if position + 1 < scalars.count, scalars[position] == "-", scalars[position + 1] != "]" {
        let high = scalars[position + 1].value
        guard low <= high else { throw malformed }
        ranges.append(low...high)
        position += 2
      } else {
        ranges.append(low...low)
      }
    }
    guard position < scalars.count else { throw malformed }
    position += 1
    return ranges
  }
}
