/// A keyed 64-bit hash of bytes for tables. The key is drawn once per process, so that strings of a request cannot be
/// chosen to collide.
@usableFromInline
enum ByteHash {
  @usableFromInline static let key: (UInt64, UInt64) = (
    UInt64.random(in: .min ... .max) | 1, UInt64.random(in: .min ... .max) | 1
  )

  /// Both halves of the product folded together.
  @inlinable
  static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  @inlinable
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 { fold(left ^ key.0, right ^ key.1) }

  @inlinable
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = key.0 ^ UInt64(truncatingIfNeeded: bytes.count)
    var offset = 0
    while offset + 16 <= bytes.count {
      state = fold(
        bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ key.1,
        bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self) ^ state)
      offset += 16
    }
    var tail: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &tail) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset...])) }
    return fold(tail.0 ^ key.1, tail.1 ^ state)
  }
}
