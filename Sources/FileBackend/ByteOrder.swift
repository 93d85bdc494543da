import Glibc

/// Byte-wise order and prefixes: the order of S3 listings.
enum ByteOrder {
  /// Negative, zero or positive, as `memcmp`, the shorter first.
  @inline(__always)
  static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        let shared = min(left.count, right.count)
        if shared > 0, let a = left.baseAddress, let b = right.baseAddress {
          let order = memcmp(a, b, shared)
          if order != 0 { return Int(order) }
        }
        return left.count - right.count
      }
    }
  }

  @inline(__always)
  static func hasPrefix(_ bytes: [UInt8], _ prefix: [UInt8]) -> Bool {
    guard bytes.count >= prefix.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      prefix.withUnsafeBytes { prefix in
        guard let a = bytes.baseAddress, let b = prefix.baseAddress else { return true }
        return memcmp(a, b, prefix.count) == 0
      }
    }
  }

  /// The smallest string after all that start with `prefix`; nil when there is none.
  static func successor(of prefix: [UInt8]) -> [UInt8]? {
    var bytes = prefix
    while let last = bytes.popLast() {
      if last < 0xFF {
        bytes.append(last + 1)
        return bytes
      }
    }
    return nil
  }

  /// Where the first `needle` at or after `start` ends; nil when there is none. An empty needle is never found.
  static func end(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard !needle.isEmpty, start >= 0, bytes.count - start >= needle.count else { return nil }
    var index = start
    let last = bytes.count - needle.count
    outer: while index <= last {
      for offset in 0..<needle.count where bytes[index + offset] != needle[offset] {
        index += 1
        continue outer
      }
      return index + needle.count
    }
    return nil
  }
}
