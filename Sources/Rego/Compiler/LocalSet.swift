/// A set of locals of one frame: a bit per slot.
struct LocalSet: Equatable {
  private var words: [UInt64] = []

  init() {}

  init(_ locals: some Sequence<Local>) { for local in locals { insert(local) } }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func contains(_ local: Local) -> Bool {
    let word = Int(local.slot) >> 6
    return word < words.count && words[word] & (1 << UInt64(local.slot & 63)) != 0
  }

  @discardableResult
  mutating func insert(_ local: Local) -> Bool {
    let word = Int(local.slot) >> 6
    while words.count <= word { words.append(0) }
    let bit: UInt64 = 1 << UInt64(local.slot & 63)
    defer { words[word] |= bit }
    return words[word] & bit == 0
  }

  mutating func remove(_ local: Local) {
    let word = Int(local.slot) >> 6
    if word < words.count { words[word] &= ~(1 << UInt64(local.slot & 63)) }
  }

  mutating func formUnion(_ other: LocalSet) {
    while words.count < other.words.count { words.append(0) }
    for word in other.words.indices { words[word] |= other.words[word] }
  }

  func union(_ other: LocalSet) -> LocalSet {
    var result = self
    result.formUnion(other)
    return result
  }

  func intersection(_ other: LocalSet) -> LocalSet {
    var result = LocalSet()
    result.words = zip(words, other.words).map { $0 & $1 }
    return result
  }

  func subtracting(_ other: LocalSet) -> LocalSet {
    var result = self
    for word in 0..<min(words.count, other.words.count) { result.words[word] &= ~other.words[word] }
    return result
  }

  func isSubset(of other: LocalSet) -> Bool { subtracting(other).isEmpty }

  /// In order of slots.
  var elements: [Local] {
    var result: [Local] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(Local(slot: Int32(index * 64 + rest.trailingZeroBitCount)))
        rest &= rest - 1
      }
    }
    return result
  }

  static func == (left: LocalSet, right: LocalSet) -> Bool {
    left.isSubset(of: right) && right.isSubset(of: left)
  }
}
