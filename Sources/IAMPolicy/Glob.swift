/// The wildcard matcher: `*` is any number of bytes, `?` one character.
enum Glob {
  /// Goes back only to the last star, so the time is bounded by pattern times text, never exponential.
  static func matches(
    _ pattern: UnsafeBufferPointer<TextPattern.Token>, _ text: UnsafeBufferPointer<UInt8>, ignoringCase: Bool
  ) -> Bool {
    var next = 0
    var index = 0
    var star: Int?
    var starEnd = 0
    while index < text.count {
      if next < pattern.count {
        let token = pattern[next]
        if token == TextPattern.star {
          star = next
          starEnd = index
          next += 1
          continue
        }
        if let step = step(token, text, index, ignoringCase) {
          next += 1
          index += step
          continue
        }
      }
      guard let star else { return false }
      next = star + 1
      starEnd += 1
      index = starEnd
    }
    while next < pattern.count, pattern[next] == TextPattern.star { next += 1 }
    return next == pattern.count
  }

  /// How many bytes the token takes here, nil when it does not match.
  @inline(__always)
  private static func step(
    _ token: TextPattern.Token, _ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ ignoringCase: Bool
  ) -> Int? {
    let byte = text[index]
    if token == TextPattern.question {
      // One character, which in UTF-8 may be several bytes; never the rest of one that a star has begun.
      guard byte & 0xC0 != 0x80 else { return nil }
      var end = index + 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      return end - index
    }
    let expected = UInt8(truncatingIfNeeded: token)
    if expected == byte { return 1 }
    return ignoringCase && ASCIICase.lowercased(expected) == ASCIICase.lowercased(byte) ? 1 : nil
  }
}
