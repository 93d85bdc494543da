import HTTPWire
import S3Model

/// Finds the bucket in the Host header (virtual-host style).
struct VirtualHosts: Sendable {
  /// Lower case, without port, each with its leading dot; longest first, so that the most specific one wins.
  private let suffixes: [[UInt8]]

  init(domains: [String]) {
    suffixes = domains.map { Array(".\($0)".utf8).map(ASCII.lowercased) }.sorted { $0.count > $1.count }
  }

  /// The bucket that the host names; nil for a host that names none, which means path style.
  func bucket(host: UnsafeBufferPointer<UInt8>) throws(S3WireError) -> String? {
    if suffixes.isEmpty { return nil }
    var name = Self.withoutPort(host)
    // The root's dot at the end makes it no other host (RFC 3986 section 3.2.2).
    if name.last == 0x2E { name = name.dropLast() }
    for suffix in suffixes {
      // The domain itself, and not one bucket of a shorter domain.
      if Self.equal(name, suffix[1...]) { return nil }
      guard name.count > suffix.count, Self.equal(name.suffix(suffix.count), suffix[...]) else { continue }
      // Host names have no case, and bucket names no capitals where host names can spell them.
      let label = name.dropLast(suffix.count).map(ASCII.lowercased)
      guard let bucket = label.withUnsafeBufferPointer(BucketName.accessible) else { throw .invalidBucketName }
      return bucket
    }
    return nil
  }

  private static func withoutPort(_ host: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var end = host.count
    while end > 0, ASCII.isDigit(host[end - 1]) { end -= 1 }
    return end > 0 && host[end - 1] == 0x3A ? host[..<(end - 1)] : host[...]
  }

  private static func equal(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ lowercased: ArraySlice<UInt8>) -> Bool {
    name.count == lowercased.count && zip(name, lowercased).allSatisfy { ASCII.lowercased($0) == $1 }
  }
}
