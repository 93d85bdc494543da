import CRE2

/// A compiled regular expression, in RE2's syntax, which is Go's: linear time on any text.
final class RegularExpression: @unchecked Sendable {
  // Unchecked: RE2 objects may be used by several threads at once, and this one is never changed.
  private let handle: OpaquePointer
  /// Groups in the pattern, without the whole match.
  let groupCount: Int

  /// Of the compiled program and its automaton.
  private static let memoryBytesMax: Int64 = 1 << 20

  /// - Throws: what RE2 says about the pattern, in the words of Go's `regexp`.
  init(_ pattern: Text) throws(BuiltinError) {
    let handle = pattern.withBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { CRE2_compile($0.baseAddress, $0.count, Self.memoryBytesMax) }
    }
    guard let handle else { preconditionFailure("CRE2_compile returns a handle") }
    var count = 0
    let message = CRE2_message(handle, &count)
    if count > 0, let message {
      let text = String(decoding: UnsafeRawBufferPointer(start: message, count: count), as: UTF8.self)
      CRE2_free(handle)
      throw .failed("error parsing regexp: \(text)")
    }
    self.handle = handle
    groupCount = Int(CRE2_group_count(handle))
  }

  deinit { CRE2_free(handle) }

  func matches(_ text: Text) -> Bool {
    text.withBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { CRE2_find(handle, $0.baseAddress, $0.count, 0, nil, 0) }
    }
  }

  /// Offsets of the whole match and of the groups; an empty range at -1 for a group that took no part.
  struct Match {
    var offsets: [Int64]

    var whole: Range<Int> { Int(offsets[0])..<Int(offsets[1]) }

    func group(_ number: Int) -> Range<Int>? {
      guard number >= 0, number * 2 < offsets.count, offsets[number * 2] >= 0 else { return nil }
      return Int(offsets[number * 2])..<Int(offsets[number * 2 + 1])
    }
  }

  /// The leftmost match at or after a position; anchors and word boundaries see the whole text.
  func first(in bytes: UnsafeRawBufferPointer, from start: Int, groups: Bool) -> Match? {
    let count = groups ? groupCount + 1 : 1
    var offsets = [Int64](repeating: -1, count: count * 2)
    let found = bytes.withMemoryRebound(to: CChar.self) { text in
      CRE2_find(handle, text.baseAddress, text.count, start, &offsets, Int32(count))
    }
    return found ? Match(offsets: offsets) : nil
  }

  /// Up to `limit` matches that do not overlap (all when negative), as Go's `FindAll` steps: an empty match right behind
  /// the one before does not count.
  func all(in bytes: UnsafeRawBufferPointer, limit: Int, groups: Bool) -> [Match] {
    var matches: [Match] = []
    var position = 0
    var previousEnd = -1
    while position <= bytes.count, limit < 0 || matches.count < limit {
      guard let match = first(in: bytes, from: position, groups: groups) else { break }
      let range = match.whole
      let isEmptyBehindOther = range.isEmpty && range.lowerBound == previousEnd
      if range.upperBound > position {
        position = range.upperBound
      } else {
        position += Self.scalarLength(bytes, at: position)
      }
      previousEnd = range.upperBound
      if !isEmptyBehindOther { matches.append(match) }
    }
    return matches
  }

  func groupNumber(_ name: some Collection<UInt8>) -> Int? {
    let name = Array(name)
    let number = name.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { CRE2_group_number(handle, $0.baseAddress, $0.count) }
    }
    return number < 0 ? nil : Int(number)
  }

  /// Bytes of the scalar at a position, 1 where it is none or the text ends.
  private static func scalarLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
    guard position < bytes.count else { return 1 }
    var end = position + 1
    while end < bytes.count, end < position + 4, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end - position
  }
}
