/// The path line of a canonical request.
enum CanonicalPath {
  /// - Returns: false when the percent-encoding does not decode.
  static func append(
    _ path: UnsafeBufferPointer<UInt8>, _ profile: SignatureProfile, to output: inout [UInt8]
  ) -> Bool {
    guard profile.encodesPathAgain else {
      return PercentCoding.appendRecoded(path, keepsSlash: true, plusIsSpace: false, to: &output)
    }
    if profile.normalizesPath {
      normalized(path).withUnsafeBufferPointer {
        PercentCoding.appendEncoded($0, keepsSlash: true, to: &output)
      }
    } else {
      PercentCoding.appendEncoded(path, keepsSlash: true, to: &output)
    }
    return true
  }

  /// Without empty and dot segments (RFC 3986 section 5.2.4); a trailing slash stays.
  private static func normalized(_ path: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var segments: [Range<Int>] = []
    var start = 0
    while start <= path.count {
      var end = start
      while end < path.count, path[end] != 0x2F { end += 1 }
      let segment = path[bytes: start..<end]
      if segment.equals("..") {
        _ = segments.popLast()
      } else if !segment.isEmpty, !segment.equals(".") {
        segments.append(start..<end)
      }
      start = end + 1
    }
    for segment in segments {
      output.append(0x2F)
      output.append(contentsOf: path[bytes: segment])
    }
    if segments.isEmpty || path.last == 0x2F { output.append(0x2F) }
    return output
  }
}
