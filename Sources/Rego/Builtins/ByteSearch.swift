/// Finding bytes in bytes in linear time (the two-way algorithm would do too; this is Knuth, Morris and Pratt's, whose
/// table is made only once a candidate has failed late).
struct ByteSearch {
  private let needle: [UInt8]
  private let failure: [Int]

  /// - Precondition: the needle is not empty.
  init(_ needle: Text) {
    self.needle = needle.bytes
    var failure = [Int](repeating: 0, count: self.needle.count)
    var length = 0
    var position = 1
    while position < self.needle.count {
      if self.needle[position] == self.needle[length] {
        length += 1
        failure[position] = length
        position += 1
      } else if length > 0 {
        length = failure[length - 1]
      } else {
        position += 1
      }
    }
    self.failure = failure
  }

  /// The first place at or after an offset.
  func first(in haystack: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
    var matched = 0
    var position = start
    while position < haystack.count {
      let byte = haystack[position]
      while matched > 0, byte != needle[matched] { matched = failure[matched - 1] }
      if byte == needle[matched] {
        matched += 1
        if matched == needle.count { return position - matched + 1 }
      }
      position += 1
    }
    return nil
  }

  /// Places that do not overlap.
  func all(in haystack: UnsafeRawBufferPointer, max count: Int = .max) -> [Int] {
    var places: [Int] = []
    var start = 0
    while places.count < count, let place = first(in: haystack, from: start) {
      places.append(place)
      start = place + needle.count
    }
    return places
  }
}

extension Text {
  func hasPrefix(_ prefix: Text) -> Bool {
    withBytes { bytes in prefix.withBytes { $0.count <= bytes.count && bytes.prefix($0.count).elementsEqual($0) } }
  }

  func hasSuffix(_ suffix: Text) -> Bool {
    withBytes { bytes in suffix.withBytes { $0.count <= bytes.count && bytes.suffix($0.count).elementsEqual($0) } }
  }

  func contains(_ other: Text) -> Bool {
    if other.isEmpty { return true }
    if other.byteCount > byteCount { return false }
    return withBytes { bytes in
      // Short needles are not worth a table.
      guard other.byteCount <= 16 else { return ByteSearch(other).first(in: bytes) != nil }
      return other.withBytes { needle in
        let first = needle[0]
        for start in 0...(bytes.count - needle.count)
        where bytes[start] == first && bytes[start..<start + needle.count].elementsEqual(needle) {
          return true
        }
        return false
      }
    }
  }

  var isASCII: Bool { withBytes { bytes in bytes.allSatisfy { $0 < 0x80 } } }
}
