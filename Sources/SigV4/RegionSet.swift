import S3Model

/// SigV4A's list of regions: comma-separated names, each possibly ending in `*` (`*`, `us-*`).
struct RegionSet {
  private let patterns: [ArraySlice<UInt8>]

  init(_ text: ByteString) {
    patterns = text.bytes.split(separator: 0x2C).map { pattern in
      var pattern = pattern
      while pattern.first == 0x20 { pattern.removeFirst() }
      while pattern.last == 0x20 { pattern.removeLast() }
      return pattern
    }
  }

  func contains(_ regions: [ByteString]) -> Bool {
    regions.contains { region in patterns.contains { Self.matches($0, region.bytes[...]) } }
  }

  private static func matches(_ pattern: ArraySlice<UInt8>, _ region: ArraySlice<UInt8>) -> Bool {
    guard let star = pattern.firstIndex(of: 0x2A) else { return pattern.elementsEqual(region) }
    // AWS allows one wildcard, and only at the end.
    guard star == pattern.endIndex - 1 else { return false }
    return region.starts(with: pattern[..<star])
  }
}
