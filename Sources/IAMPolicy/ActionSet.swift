public import S3Model

/// A set of actions as bits; testing one is a shift and a mask.
public struct ActionSet: Sendable, Equatable {
  private var words: [UInt64]

  public init() { words = [UInt64](repeating: 0, count: (Action.count + 63) / 64) }

  /// Actions whose names the pattern matches: case is ignored, `*` and `?` are wildcards.
  /// - Parameter pattern: such as `s3:Get*` or `*`.
  public init(matching pattern: some Collection<UInt8>) {
    self.init()
    let pattern = Array(pattern)
    var tokens: [TextPattern.Token] = []
    for byte in pattern {
      switch byte {
      case UInt8(ascii: "*"): tokens.append(TextPattern.star)
      case UInt8(ascii: "?"): tokens.append(TextPattern.question)
      default: tokens.append(TextPattern.Token(byte))
      }
    }
    tokens.withUnsafeBufferPointer { tokens in
      for action in Self.all
      where action.name.withUTF8Buffer({ Glob.matches(tokens, $0, ignoringCase: true) }) {
        insert(action)
      }
    }
  }

  @inline(__always)
  public func contains(_ action: Action) -> Bool {
    let index = action.index
    return words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  public mutating func insert(_ action: Action) {
    words[action.index >> 6] |= 1 << UInt64(action.index & 63)
  }

  public mutating func formUnion(_ other: ActionSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  /// Every action that is not in the set.
  public var inverted: ActionSet {
    var result = ActionSet()
    for action in Self.all where !contains(action) { result.insert(action) }
    return result
  }

  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  public var actions: [Action] { Self.all.filter(contains) }

  static let all = Action.all
}
