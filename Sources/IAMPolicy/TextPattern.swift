import S3Model

/// Text of a policy, compiled: wildcards, escapes and variables are told apart once, at load.
struct TextPattern: Sendable {
  /// A byte, or one of the two wildcards.
  typealias Token = UInt16
  static let star: Token = 0x100
  static let question: Token = 0x101

  enum Piece: Sendable {
    case tokens([Token])
    case variable(ConditionKey, fallback: [UInt8]?)
  }

  /// The common forms are kept apart because they compare without a matcher.
  enum Form: Sendable {
    case any
    case literal([UInt8])
    case prefix([UInt8])
    case glob([Token])
    case template([Piece])
  }

  let form: Form

  /// - Parameter pieces: neighboring tokens already joined.
  init(pieces: [Piece]) {
    var tokens: [Token] = []
    for piece in pieces {
      guard case .tokens(let part) = piece else {
        form = .template(pieces)
        return
      }
      tokens += part
    }
    if tokens == [Self.star] {
      form = .any
    } else if !tokens.contains(where: { $0 > 0xFF }) {
      form = .literal(tokens.map { UInt8($0) })
    } else if tokens.last == Self.star, !tokens.dropLast().contains(where: { $0 > 0xFF }) {
      form = .prefix(tokens.dropLast().map { UInt8($0) })
    } else {
      form = .glob(tokens)
    }
  }

  /// The text when it holds neither wildcards nor variables.
  var literal: [UInt8]? { if case .literal(let bytes) = form { bytes } else { nil } }

  var variables: [ConditionKey] {
    guard case .template(let pieces) = form else { return [] }
    return pieces.compactMap { if case .variable(let key, _) = $0 { key } else { nil } }
  }
}

extension TextPattern {
  @inline(__always)
  func matches(
    _ text: UnsafeBufferPointer<UInt8>, ignoringCase: Bool = false, _ context: some ConditionContext
  ) -> PatternMatch {
    switch form {
    case .any: return .yes
    case .literal(let bytes):
      guard bytes.count == text.count else { return .no }
      return Self.starts(text, with: bytes, ignoringCase) ? .yes : .no
    case .prefix(let bytes):
      return Self.starts(text, with: bytes, ignoringCase) ? .yes : .no
    case .glob(let tokens):
      return tokens.withUnsafeBufferPointer { Glob.matches($0, text, ignoringCase: ignoringCase) } ? .yes : .no
    case .template(let pieces):
      return Self.matches(pieces, text, ignoringCase, context)
    }
  }

  @inline(__always)
  private static func starts(
    _ text: UnsafeBufferPointer<UInt8>, with bytes: [UInt8], _ ignoringCase: Bool
  ) -> Bool {
    guard bytes.count <= text.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<bytes.count where bytes[index] != text[index] {
        guard ignoringCase, ASCIICase.lowercased(bytes[index]) == ASCIICase.lowercased(text[index]) else {
          return false
        }
      }
      return true
    }
  }

  /// The text with its variables filled in; nil when one has no value. For operands that are parsed, not matched.
  func resolved(_ context: some ConditionContext) -> Result<[UInt8], UnresolvedVariable> {
    switch form {
    case .literal(let bytes): return .success(bytes)
    case .any: return .success([UInt8(ascii: "*")])
    case .prefix(let bytes): return .success(bytes + [UInt8(ascii: "*")])
    case .glob(let tokens): return .success(Self.text(tokens))
    case .template(let pieces):
      var bytes: [UInt8] = []
      for piece in pieces {
        switch piece {
        case .tokens(let tokens): bytes += Self.text(tokens)
        case .variable(let key, let fallback):
          switch VariableValue(of: key, fallback: fallback, context) {
          case .bytes(let value): bytes += value
          case .missing: return .failure(.missing)
          case .unavailable: return .failure(.unavailable)
          }
        }
      }
      return .success(bytes)
    }
  }

  private static func text(_ tokens: [Token]) -> [UInt8] {
    tokens.map { $0 == star ? UInt8(ascii: "*") : $0 == question ? UInt8(ascii: "?") : UInt8($0) }
  }
}

enum UnresolvedVariable: Error {
  case missing, unavailable
}

extension TextPattern {
  /// Patterns up to this many tokens are filled in on the stack.
  private static let stackTokens = 512

  private static func matches(
    _ pieces: [Piece], _ text: UnsafeBufferPointer<UInt8>, _ ignoringCase: Bool,
    _ context: some ConditionContext
  ) -> PatternMatch {
    // Most patterns of a policy are about other resources: tell by the text before the first variable.
    if case .tokens(let first)? = pieces.first {
      for (index, token) in first.enumerated() {
        guard token <= 0xFF else { break }
        guard index < text.count else { return .no }
        let byte = UInt8(token)
        guard
          byte == text[index]
            || ignoringCase && ASCIICase.lowercased(byte) == ASCIICase.lowercased(text[index])
        else { return .no }
      }
    }
    let small: PatternMatch? = withUnsafeTemporaryAllocation(of: Token.self, capacity: stackTokens) { buffer in
      var count = 0
      for piece in pieces {
        switch piece {
        case .tokens(let tokens):
          guard count + tokens.count <= stackTokens else { return nil }
          for token in tokens {
            buffer.initializeElement(at: count, to: token)
            count += 1
          }
        case .variable(let key, let fallback):
          switch VariableValue(of: key, fallback: fallback, context) {
          case .missing: return .unresolved
          case .unavailable: return .error
          case .bytes(let value):
            guard count + value.count <= stackTokens else { return nil }
            for byte in value {
              buffer.initializeElement(at: count, to: Token(byte))
              count += 1
            }
          }
        }
      }
      let tokens = UnsafeBufferPointer(rebasing: buffer[..<count])
      return Glob.matches(tokens, text, ignoringCase: ignoringCase) ? .yes : .no
    }
    return small ?? matchesLong(pieces, text, ignoringCase, context)
  }

  private static func matchesLong(
    _ pieces: [Piece], _ text: UnsafeBufferPointer<UInt8>, _ ignoringCase: Bool,
    _ context: some ConditionContext
  ) -> PatternMatch {
    var filled: [Token] = []
    for piece in pieces {
      switch piece {
      case .tokens(let tokens): filled += tokens
      case .variable(let key, let fallback):
        switch VariableValue(of: key, fallback: fallback, context) {
        case .missing: return .unresolved
        case .unavailable: return .error
        // Bytes become tokens below 0x100: a value can never turn into a wildcard.
        case .bytes(let value): filled += value.map { Token($0) }
        }
      }
    }
    return filled.withUnsafeBufferPointer { Glob.matches($0, text, ignoringCase: ignoringCase) } ? .yes : .no
  }
}

/// What a variable stands for in one request.
enum VariableValue {
  case bytes([UInt8])
  case missing
  case unavailable

  /// Keys with several values cannot be variables (IAM User Guide, "Policy variables"); they count as missing.
  init(of key: ConditionKey, fallback: [UInt8]?, _ context: some ConditionContext) {
    switch context.value(for: key) {
    case .absent, .texts: self = fallback.map { .bytes($0) } ?? .missing
    case .unavailable: self = .unavailable
    case .text(let text): self = .bytes(text.bytes)
    case .boolean(let flag): self = .bytes(Array((flag ? "true" : "false").utf8))
    case .integer(let number): self = .bytes(Array(String(number).utf8))
    case .date(let date): self = .bytes(date.bytes.bytes)
    case .address(let address): self = .bytes(Array(address.description.utf8))
    }
  }
}
