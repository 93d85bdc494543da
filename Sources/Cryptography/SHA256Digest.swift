/// A SHA-256 digest or HMAC-SHA-256 value: 32 bytes, stored inline.
public struct SHA256Digest: Hashable, Sendable {
  /// The bytes in order, as they lie in memory.
  @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64)

  @inlinable
  init() { words = (0, 0, 0, 0) }

  /// - Parameter bytes: exactly 32, else nil.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
  }

  /// The digest of no bytes at all.
  public static let ofNothing = SHA256Hasher.hash(UnsafeRawBufferPointer(start: nil, count: 0))

  @inlinable
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    withUnsafePointer(to: words) { body(UnsafeRawBufferPointer(start: $0, count: 32)) }
  }

  @inlinable
  mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
    withUnsafeMutablePointer(to: &words) { body(UnsafeMutableRawPointer($0)) }
  }

  /// Whether both are equal, in time that does not depend on where they differ. For MACs.
  @inlinable
  public func constantTimeEquals(_ other: SHA256Digest) -> Bool {
    var difference = words.0 ^ other.words.0
    difference |= words.1 ^ other.words.1
    difference |= words.2 ^ other.words.2
    difference |= words.3 ^ other.words.3
    return difference == 0
  }

  @inlinable
  public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.constantTimeEquals(right) }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }

  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension SHA256Digest: CustomStringConvertible {
  /// - Parameter hex: 64 lower-case hexadecimal digits, as AWS writes digests and signatures; else nil.
  public init?(hex: UnsafeBufferPointer<UInt8>) {
    guard hex.count == 64 else { return nil }
    self.init()
    var isValid = true
    withUnsafeMutableBytes { output in
      for index in 0..<32 {
        guard let high = Hex.lowercaseValue(hex[index * 2]), let low = Hex.lowercaseValue(hex[index * 2 + 1]) else {
          isValid = false
          return
        }
        output.storeBytes(of: high << 4 | low, toByteOffset: index, as: UInt8.self)
      }
    }
    guard isValid else { return nil }
  }

  public init?(hex: String) {
    var text = hex
    let digest = text.withUTF8 { SHA256Digest(hex: $0) }
    guard let digest else { return nil }
    self = digest
  }

  /// Appends 64 lower-case hexadecimal digits.
  @inlinable
  public func appendHex(to output: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { text in
      withUnsafeBytes { bytes in
        for index in 0..<32 {
          text.initializeElement(at: index * 2, to: Hex.digit(bytes[index] >> 4))
          text.initializeElement(at: index * 2 + 1, to: Hex.digit(bytes[index] & 15))
        }
      }
      output.append(contentsOf: text)
    }
  }

  public var hex: String {
    var output: [UInt8] = []
    appendHex(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  public var description: String { hex }
}
