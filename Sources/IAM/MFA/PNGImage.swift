import CZlib

/// A black and white picture as PNG: one bit a pixel.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification".
enum PNGImage {
  /// - Parameters:
  ///   - scale: pixels of a module's side.
  ///   - border: light modules around; QR codes need four.
  /// - Returns: nil when there is no memory.
  static func make(_ code: QRCode, scale: Int = 4, border: Int = 4) -> [UInt8]? {
    let side = (code.size + 2 * border) * scale
    let rowCount = (side + 7) / 8
    var raw: [UInt8] = []
    raw.reserveCapacity((rowCount + 1) * side)
    for y in 0..<side {
      // No filter.
      raw.append(0)
      var row = [UInt8](repeating: 0xFF, count: rowCount)
      let moduleY = y / scale - border
      if (0..<code.size).contains(moduleY) {
        for x in 0..<side {
          let moduleX = x / scale - border
          if (0..<code.size).contains(moduleX), code.modules[moduleY][moduleX] {
            row[x >> 3] &= ~(0x80 >> UInt8(x & 7))
          }
        }
      }
      raw += row
    }
    var count = compressBound(uLong(raw.count))
    var packed = [UInt8](repeating: 0, count: Int(count))
    guard compress2(&packed, &count, raw, uLong(raw.count), 9) == Z_OK else { return nil }
    let header = bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [1, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", Array(packed.prefix(Int(count)))) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + body
      + bigEndian(UInt32(truncatingIfNeeded: crc32(0, body, uInt(body.count))))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
