/// Takes choices off the end of an input, so that what is left at its front is still the text that seeds hold.
struct FuzzInput {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// 0 when nothing is left.
  mutating func byte() -> UInt8 { rest.popLast() ?? 0 }

  mutating func bool() -> Bool { byte() & 1 == 1 }

  /// Less than `limit`.
  mutating func number(_ limit: Int) -> Int {
    let value = Int(byte()) << 8 | Int(byte())
    return limit > 0 ? value % limit : 0
  }

  /// What is left, as an array that starts at 0.
  var bytes: [UInt8] { Array(rest) }
}

/// Cuts bytes into pieces whose lengths follow a pattern: the same pieces for the same seed.
struct Pieces {
  private var state: UInt32

  init(seed: UInt8) { state = UInt32(seed) &* 2_654_435_761 | 1 }

  mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      state = state &* 1_664_525 &+ 1_013_904_223
      // Mostly a few bytes, sometimes many.
      let length = state >> 29 == 0 ? Int(state >> 16 & 255) + 1 : Int(state >> 16 & 7) + 1
      let end = min(bytes.count, start + length)
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    return pieces
  }
}
