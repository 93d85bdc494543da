import S3Model

/// One rule of `auth_to_local`: from principals of a shape to a name.
///
/// `RULE:[n:format](pattern)s/pattern/text/g`: where a principal has `n` components, `format` is filled in (`$0` is the
/// realm, `$1` the first component …); where all of that matches the pattern (optional), the substitutions are made
/// (any number, `g` for all matches, the text has no references) and the result is the name. `L` behind it all makes
/// ASCII letters lower case. Source: MIT krb5, krb5.conf(5), `auth_to_local`; `L` is Hadoop's.
public struct NameRule: Sendable {
  enum Content: Sendable {
    /// The single component of a principal of the home realm.
    case single
    case rule(count: Int, format: [Piece], pattern: RulePattern?, substitutions: [Substitution], lowercases: Bool)
  }
  enum Piece: Sendable {
    case text([UInt8])
    /// 0 is the realm.
    case component(Int)
  }
  struct Substitution: Sendable {
    var pattern: RulePattern
    var text: [UInt8]
    var isGlobal: Bool
  }

  let content: Content

  public static let bytesMax = 1024
  /// Of a name, and of all between a principal and it.
  static let nameBytesMax = 512
  private static let substitutionsMax = 8

  public init(_ text: String) throws(KerberosNameError) {
    guard text.utf8.count <= Self.bytesMax else { throw .ruleTooLong(bytesMax: Self.bytesMax) }
    if text == "DEFAULT" {
      content = .single
      return
    }
    var rest = Array(text.utf8)[...]
    guard rest.starts(with: "RULE:[".utf8) else { throw .malformedRule }
    rest = rest.dropFirst(6)
    guard let colon = rest.firstIndex(of: 0x3A), let count = Int(String(decoding: rest[..<colon], as: UTF8.self)),
      (1...8).contains(count), let end = rest[colon...].firstIndex(of: 0x5D)
    else { throw .malformedRule }
    let format = try Self.format(rest[(colon + 1)..<end], count: count)
    rest = rest[(end + 1)...]
    var pattern: RulePattern?
    if rest.first == 0x28 {
      // As in MIT's own parser, the pattern ends with the last `)` before the substitutions.
      guard let close = Self.closing(rest) else { throw .malformedRule }
      let inner = Array(rest[(rest.startIndex + 1)..<close])
      // By itself first: wrapped, `a)|(b` would compile and match what nobody wrote.
      _ = try RulePattern(inner)
      pattern = try RulePattern(Array(#"\A(?:"#.utf8) + inner + Array(#")\z"#.utf8))
      rest = rest[(close + 1)...]
    }
    var substitutions: [Substitution] = []
    var lowercases = false
    while let first = rest.first {
      guard first == 0x73 else {
        guard rest.elementsEqual("L".utf8) || rest.elementsEqual("/L".utf8) else { throw .malformedRule }
        lowercases = true
        break
      }
      let parts = rest.split(separator: 0x2F, maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0].count == 1, !parts[1].isEmpty, substitutions.count < Self.substitutionsMax else {
        throw .malformedRule
      }
      let isGlobal = parts[3].first == 0x67
      substitutions.append(
        Substitution(pattern: try RulePattern(Array(parts[1])), text: Array(parts[2]), isGlobal: isGlobal))
      rest = isGlobal ? parts[3].dropFirst() : parts[3]
    }
    content = .rule(
      count: count, format: format, pattern: pattern, substitutions: substitutions, lowercases: lowercases)
  }

  private static func format(_ text: ArraySlice<UInt8>, count: Int) throws(KerberosNameError) -> [Piece] {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
      guard byte == 0x24 else {
        literal.append(byte)
        continue
      }
      guard let digit = iterator.next(), (0x30...0x39).contains(digit), Int(digit - 0x30) <= count else {
        throw .malformedRule
      }
      if !literal.isEmpty { pieces.append(.text(literal)) }
      literal = []
      pieces.append(.component(Int(digit - 0x30)))
    }
    if !literal.isEmpty { pieces.append(.text(literal)) }
    return pieces
  }

  /// The `)` that ends a pattern which starts the text; brackets and escapes inside are the pattern's.
  private static func closing(_ text: ArraySlice<UInt8>) -> Int? {
    var depth = 0
    var index = text.startIndex
    var isInSet = false
    while index < text.endIndex {
      switch text[index] {
      case 0x5C: index += 1
      case 0x5B: isInSet = true
      case 0x5D: isInSet = false
      case 0x28 where !isInSet: depth += 1
      case 0x29 where !isInSet:
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// The name, or nil where the rule is not about this principal.
  /// - Parameter homeRealm: whose people `DEFAULT` knows by their name alone.
  func name(_ principal: KerberosPrincipal, homeRealm: ByteString) -> [UInt8]? {
    switch content {
    case .single:
      guard principal.components.count == 1, principal.realm == homeRealm else { return nil }
      return principal.components[0].bytes
    case .rule(let count, let format, let pattern, let substitutions, let lowercases):
      guard principal.components.count == count else { return nil }
      var text: [UInt8] = []
      for piece in format {
        switch piece {
        case .text(let literal): text += literal
        case .component(0): text += principal.realm.bytes
        case .component(let number): text += principal.components[number - 1].bytes
        }
      }
      guard text.count <= Self.nameBytesMax else { return nil }
      if let pattern, pattern.first(in: text) == nil { return nil }
      for substitution in substitutions {
        guard let replaced = substitution.applied(to: text) else { return nil }
        text = replaced
      }
      return lowercases ? text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } : text
    }
  }
}

extension NameRule.Substitution {
  /// Nil where the result is too long.
  func applied(to text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var position = 0
    while position <= text.count, let match = pattern.first(in: text, from: position) {
      result += text[position..<match.lowerBound]
      result += self.text
      position = match.upperBound
      if match.isEmpty {
        if position < text.count { result.append(text[position]) }
        position += 1
      }
      if !isGlobal || result.count > NameRule.nameBytesMax { break }
    }
    if position < text.count { result += text[position...] }
    return result.count <= NameRule.nameBytesMax ? result : nil
  }
}
