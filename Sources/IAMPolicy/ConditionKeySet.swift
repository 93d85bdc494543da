/// Which condition keys a statement reads, without their parameters.
public struct ConditionKeySet: Sendable, Equatable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  public init() {}

  public func contains(_ name: ConditionKey.Name) -> Bool {
    let index = name.index
    let bit = UInt64(1) << UInt64(index & 63)
    return switch index >> 6 {
    case 0: words.0 & bit != 0
    case 1: words.1 & bit != 0
    case 2: words.2 & bit != 0
    default: words.3 & bit != 0
    }
  }

  mutating func insert(_ name: ConditionKey.Name) {
    let index = name.index
    let bit = UInt64(1) << UInt64(index & 63)
    switch index >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  mutating func formUnion(_ other: ConditionKeySet) {
    words.0 |= other.words.0
    words.1 |= other.words.1
    words.2 |= other.words.2
    words.3 |= other.words.3
  }

  public static func == (left: ConditionKeySet, right: ConditionKeySet) -> Bool { left.words == right.words }
}
