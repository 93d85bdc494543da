/// Which buckets a route is for: a name in which `*` stands for any run of characters and `?` for any one.
public struct BucketPattern: Hashable, Sendable {
  public let text: String
  private let bytes: [UInt8]

  /// Nil when a character could not stand in a bucket's name.
  public init?(_ text: String) {
    bytes = Array(text.utf8)
    self.text = text
    guard (1...255).contains(bytes.count) else { return nil }
    for byte in bytes {
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x2A, 0x3F: continue
      default: return nil
      }
    }
  }

  /// Linear in the two lengths' product at worst; both are bounded.
  public func matches(_ bucket: some RandomAccessCollection<UInt8>) -> Bool {
    let name = Array(bucket)
    var nameIndex = 0
    var patternIndex = 0
    var retry: (pattern: Int, name: Int)?
    while nameIndex < name.count {
      if patternIndex < bytes.count, bytes[patternIndex] == 0x2A {
        retry = (patternIndex, nameIndex)
        patternIndex += 1
      } else if patternIndex < bytes.count, bytes[patternIndex] == 0x3F || bytes[patternIndex] == name[nameIndex] {
        patternIndex += 1
        nameIndex += 1
      } else if let last = retry {
        retry = (last.pattern, last.name + 1)
        patternIndex = last.pattern + 1
        nameIndex = last.name + 1
      } else {
        return false
      }
    }
    return bytes[patternIndex...].allSatisfy { $0 == 0x2A }
  }
}
