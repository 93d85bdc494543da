/// What each byte comes to, 0 to 15 places before the end: sixteen tables of 256 entries, one behind the other.
private func remainders<Word: FixedWidthInteger & UnsignedInteger>(_ reflectedPolynomial: Word) -> [Word] {
  var entries = [Word](repeating: 0, count: 16 * 256)
  for byte in 0..<256 {
    var value = Word(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ reflectedPolynomial : value >> 1 }
    entries[byte] = value
  }
  for index in 256..<entries.count {
    let previous = entries[index - 256]
    entries[index] = previous >> 8 ^ entries[Int(previous & 255)]
  }
  return entries
}

/// Table-driven cyclic redundancy checks, reflected, sixteen bytes a step.
struct CRC32Tables: Sendable {
  let entries: [UInt32]

  /// ISO 3309 (zip, PNG): `x-amz-checksum-crc32`.
  static let iso = CRC32Tables(reflectedPolynomial: 0xEDB8_8320)
  /// Castagnoli (RFC 3720): `x-amz-checksum-crc32c`.
  static let castagnoli = CRC32Tables(reflectedPolynomial: 0x82F6_3B78)

  private init(reflectedPolynomial: UInt32) {
    entries = remainders(reflectedPolynomial)
  }

  /// - Parameter state: complemented running value, as ``Checksum`` keeps it.
  func update(_ state: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    entries.withUnsafeBufferPointer { table in
      guard let entries = table.baseAddress else { return state }
      var crc = state
      var index = 0
      while bytes.count - index >= 16 {
        let low = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
        let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
        crc = Self.step(entries + 2048, low) ^ Self.step(entries, high)
        index += 16
      }
      while index < bytes.count {
        crc = crc >> 8 ^ entries[Int((crc ^ UInt32(bytes[index])) & 255)]
        index += 1
      }
      return crc
    }
  }

  @inline(__always)
  private static func step(_ entries: UnsafePointer<UInt32>, _ word: UInt64) -> UInt32 {
    var value = entries[1792 + Int(word & 255)]
    value ^= entries[1536 + Int(word >> 8 & 255)]
    value ^= entries[1280 + Int(word >> 16 & 255)]
    value ^= entries[1024 + Int(word >> 24 & 255)]
    value ^= entries[768 + Int(word >> 32 & 255)]
    value ^= entries[512 + Int(word >> 40 & 255)]
    value ^= entries[256 + Int(word >> 48 & 255)]
    value ^= entries[Int(word >> 56)]
    return value
  }
}

/// CRC-64/NVME (NVM Express base specification): `x-amz-checksum-crc64nvme`.
struct CRC64Tables: Sendable {
  let entries: [UInt64]

  static let nvme = CRC64Tables(reflectedPolynomial: 0x9A6C_9329_AC4B_C9B5)

  private init(reflectedPolynomial: UInt64) {
    entries = remainders(reflectedPolynomial)
  }

  func update(_ state: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    entries.withUnsafeBufferPointer { table in
      guard let entries = table.baseAddress else { return state }
      var crc = state
      var index = 0
      while bytes.count - index >= 16 {
        let low = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ crc
        let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
        crc = Self.step(entries + 2048, low) ^ Self.step(entries, high)
        index += 16
      }
      while index < bytes.count {
        crc = crc >> 8 ^ entries[Int((crc ^ UInt64(bytes[index])) & 255)]
        index += 1
      }
      return crc
    }
  }

  @inline(__always)
  private static func step(_ entries: UnsafePointer<UInt64>, _ word: UInt64) -> UInt64 {
    var value = entries[1792 + Int(word & 255)]
    value ^= entries[1536 + Int(word >> 8 & 255)]
    value ^= entries[1280 + Int(word >> 16 & 255)]
    value ^= entries[1024 + Int(word >> 24 & 255)]
    value ^= entries[768 + Int(word >> 32 & 255)]
    value ^= entries[512 + Int(word >> 40 & 255)]
    value ^= entries[256 + Int(word >> 48 & 255)]
    value ^= entries[Int(word >> 56)]
    return value
  }
}
