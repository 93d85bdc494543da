import HTTPWire

/// Entity tags as headers and documents carry them.
public enum EntityTags {
  /// The tag without its quotes, if it has any.
  public static func unquoted(_ tag: some BidirectionalCollection<UInt8>) -> [UInt8] {
    tag.count >= 2 && tag.first == 0x22 && tag.last == 0x22 ? Array(tag.dropFirst().dropLast()) : Array(tag)
  }

  /// Whether a list as in If-Match (RFC 9110 section 13.1.1) names the tag, or is `*`.
  ///
  /// Tags in the list may lack their quotes, as S3 accepts. A weak tag matches only when `isWeak`.
  /// - Parameter etag: without quotes.
  public static func list(_ list: UnsafeBufferPointer<UInt8>, contains etag: [UInt8], isWeak: Bool) -> Bool {
    var index = 0
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    while index < list.count {
      while index < list.count, isSpace(list[index]) || list[index] == 0x2C { index += 1 }
      guard index < list.count else { return false }
      var weak = false
      if index + 2 < list.count, list[index] == 0x57, list[index + 1] == 0x2F, list[index + 2] == 0x22 {
        weak = true
        index += 2
      }
      let start: Int
      let end: Int
      if list[index] == 0x22 {
        start = index + 1
        index = start
        while index < list.count, list[index] != 0x22 { index += 1 }
        guard index < list.count else { return false }
        end = index
        index += 1
      } else {
        start = index
        while index < list.count, list[index] != 0x2C { index += 1 }
        var last = index
        while last > start, isSpace(list[last - 1]) { last -= 1 }
        end = last
        if end - start == 1, list[start] == 0x2A { return true }
      }
      if weak ? isWeak : true, list[start..<end].elementsEqual(etag) { return true }
    }
    return false
  }
}
