import Cryptography

/// The CRC of concatenated bytes from the CRCs and lengths of their pieces, without reading them.
///
/// Appending n zero bytes to a message multiplies its remainder by x^(8n) modulo the polynomial. The complements at
/// both ends of these CRCs cancel, so that `crc(AB) = crc(A) * x^(8|B|) + crc(B)`.
struct CRCCombination {
  private let algorithm: ChecksumAlgorithm
  /// Bit-reflected: the highest bit is the coefficient of x^0.
  private let polynomial: UInt64
  private let width: Int

  /// Nil for checksums that cannot be combined.
  init?(_ algorithm: ChecksumAlgorithm) {
    self.algorithm = algorithm
    switch algorithm {
    case .crc32: (polynomial, width) = (0xEDB8_8320, 32)
    case .crc32c: (polynomial, width) = (0x82F6_3B78, 32)
    case .crc64nvme: (polynomial, width) = (0x9A6C_9329_AC4B_C9B5, 64)
    case .sha1, .sha256, .md5: return nil
    }
  }

  func value(of pieces: [(value: ChecksumValue, size: UInt64)]) -> ChecksumValue? {
    var total: UInt64 = 0
    for piece in pieces {
      let crc = piece.value.bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      total = multiply(total, power(ofBytes: piece.size)) ^ crc
    }
    let bytes = withUnsafeBytes(of: total.bigEndian) { Array($0) }
    return ChecksumValue(algorithm, bytes: Array(bytes.suffix(width / 8)))
  }

  /// x^(8 * count) modulo the polynomial, by squaring.
  private func power(ofBytes count: UInt64) -> UInt64 {
    var result = one
    // x^8
    var square = one >> 8
    var rest = count
    while rest > 0 {
      if rest & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      rest >>= 1
    }
    return result
  }

  private var one: UInt64 { 1 << UInt64(width - 1) }

  private func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var result: UInt64 = 0
    var shifted = left
    var mask = one
    while mask != 0 {
      if right & mask != 0 { result ^= shifted }
      let carry = shifted & 1
      shifted >>= 1
      if carry == 1 { shifted ^= polynomial }
      mask >>= 1
    }
    return result
  }
}
