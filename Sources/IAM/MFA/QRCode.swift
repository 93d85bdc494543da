/// A QR code in byte mode with error correction M, versions 1 to 20 (666 bytes).
///
/// Source: ISO/IEC 18004:2015.
struct QRCode: Sendable {
  let size: Int
  /// Rows of modules, true for dark.
  private(set) var modules: [[Bool]]
  private var isFunction: [[Bool]]

  static let versionMax = 20

  /// Table 9, level M: codewords of error correction in each block, and blocks, by version.
  private static let correctionCounts = [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
  ]
  private static let blockCounts = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]

  /// - Returns: nil when the text is too long.
  init?(_ text: [UInt8]) {
    var chosen: Int?
    for version in 1...Self.versionMax where chosen == nil {
      let header = 4 + (version < 10 ? 8 : 16)
      if header + text.count * 8 <= Self.dataCount(version) * 8 { chosen = version }
    }
    guard let version = chosen else { return nil }
    size = 17 + 4 * version
    modules = [[Bool]](repeating: [Bool](repeating: false, count: size), count: size)
    isFunction = modules
    drawPatterns(version)
    drawData(Self.interleaved(Self.data(text, version), version))
    var best = (mask: 0, penalty: Int.max)
    for mask in 0..<8 {
      var candidate = self
      candidate.apply(mask)
      candidate.drawFormat(mask)
      let penalty = candidate.penalty
      if penalty < best.penalty { best = (mask, penalty) }
    }
    apply(best.mask)
    drawFormat(best.mask)
  }

  // MARK: Codewords

  private static func rawCount(_ version: Int) -> Int {
    var bits = (16 * version + 128) * version + 64
    if version >= 2 {
      let alignments = version / 7 + 2
      bits -= (25 * alignments - 10) * alignments - 55
      if version >= 7 { bits -= 36 }
    }
    return bits / 8
  }

  private static func dataCount(_ version: Int) -> Int {
    rawCount(version) - correctionCounts[version - 1] * blockCounts[version - 1]
  }

  /// Mode, length, bytes, terminator, padding. Section 7.4.
  private static func data(_ text: [UInt8], _ version: Int) -> [UInt8] {
    var bits: [Bool] = []
    func append(_ value: Int, _ count: Int) { for bit in (0..<count).reversed() { bits.append(value >> bit & 1 == 1) } }
    append(4, 4)
    append(text.count, version < 10 ? 8 : 16)
    for byte in text { append(Int(byte), 8) }
    let capacity = dataCount(version) * 8
    append(0, min(4, capacity - bits.count))
    append(0, (8 - bits.count % 8) % 8)
    var codewords = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    var pad: UInt8 = 0xEC
    while codewords.count < capacity / 8 {
      codewords.append(pad)
      pad ^= 0xEC ^ 0x11
    }
    return codewords
  }

  /// Blocks with their error correction, codeword by codeword. Section 7.6.
  private static func interleaved(_ data: [UInt8], _ version: Int) -> [UInt8] {
    let count = blockCounts[version - 1]
    let correctionCount = correctionCounts[version - 1]
    let raw = rawCount(version)
    let shortBlocks = count - raw % count
    let shortCount = raw / count - correctionCount
    let divisor = generator(correctionCount)
    var blocks: [(data: [UInt8], correction: [UInt8])] = []
    var start = 0
    for index in 0..<count {
      let end = start + shortCount + (index < shortBlocks ? 0 : 1)
      let block = Array(data[start..<end])
      blocks.append((block, remainder(block, divisor)))
      start = end
    }
    var result: [UInt8] = []
    for index in 0...shortCount {
      for block in blocks where index < block.data.count { result.append(block.data[index]) }
    }
    for index in 0..<correctionCount { for block in blocks { result.append(block.correction[index]) } }
    return result
  }

  /// In the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1.
  private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var product: UInt16 = 0
    for bit in (0..<8).reversed() {
      product = product << 1 ^ (product >> 7) * 0x11D
      if right >> UInt8(bit) & 1 == 1 { product ^= UInt16(left) }
    }
    return UInt8(truncatingIfNeeded: product)
  }

  /// Coefficients of the generator polynomial without the leading one.
  private static func generator(_ degree: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: degree)
    result[degree - 1] = 1
    var root: UInt8 = 1
    for _ in 0..<degree {
      for index in 0..<degree {
        result[index] = multiply(result[index], root)
        if index + 1 < degree { result[index] ^= result[index + 1] }
      }
      root = multiply(root, 2)
    }
    return result
  }

  private static func remainder(_ data: [UInt8], _ divisor: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: divisor.count)
    for byte in data {
      let factor = byte ^ result.removeFirst()
      result.append(0)
      for (index, coefficient) in divisor.enumerated() { result[index] ^= multiply(coefficient, factor) }
    }
    return result
  }

  // MARK: Modules

  private mutating func set(_ x: Int, _ y: Int, _ isDark: Bool) {
    modules[y][x] = isDark
    isFunction[y][x] = true
  }

  private mutating func drawPatterns(_ version: Int) {
    for index in 0..<size {
      set(6, index, index % 2 == 0)
      set(index, 6, index % 2 == 0)
    }
    for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(x, y) }
    let positions = Self.alignments(version, size)
    let last = positions.count - 1
    for (row, y) in positions.enumerated() {
      for (column, x) in positions.enumerated() {
        let isCorner = row == 0 && column == 0 || row == 0 && column == last || row == last && column == 0
        if !isCorner { drawAlignment(x, y) }
      }
    }
    drawFormat(0)
    if version >= 7 { drawVersion(version) }
  }

  private static func alignments(_ version: Int, _ size: Int) -> [Int] {
    if version == 1 { return [] }
    let count = version / 7 + 2
    let step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
    return [6] + (0..<(count - 1)).map { size - 7 - $0 * step }.reversed()
  }

  private mutating func drawFinder(_ centerX: Int, _ centerY: Int) {
    for dy in -4...4 {
      for dx in -4...4 {
        let (x, y) = (centerX + dx, centerY + dy)
        guard (0..<size).contains(x), (0..<size).contains(y) else { continue }
        let distance = max(abs(dx), abs(dy))
        set(x, y, distance != 2 && distance != 4)
      }
    }
  }

  private mutating func drawAlignment(_ centerX: Int, _ centerY: Int) {
    for dy in -2...2 { for dx in -2...2 { set(centerX + dx, centerY + dy, max(abs(dx), abs(dy)) != 1) } }
  }

  /// Level and mask with their own error correction. Section 7.9.
  private mutating func drawFormat(_ mask: Int) {
    // Level M is 00.
    let data = mask
    var rest = data
    for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
    let bits = (data << 10 | rest) ^ 0x5412
    func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
    for index in 0...5 { set(8, index, bit(index)) }
    set(8, 7, bit(6))
    set(8, 8, bit(7))
    set(7, 8, bit(8))
    for index in 9..<15 { set(14 - index, 8, bit(index)) }
    for index in 0..<8 { set(size - 1 - index, 8, bit(index)) }
    for index in 8..<15 { set(8, size - 15 + index, bit(index)) }
    set(8, size - 8, true)
  }

  private mutating func drawVersion(_ version: Int) {
    var rest = version
    for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
    let bits = version << 12 | rest
    for index in 0..<18 {
      let isDark = bits >> index & 1 == 1
      let (far, near) = (size - 11 + index % 3, index / 3)
      set(far, near, isDark)
      set(near, far, isDark)
    }
  }

  /// In columns of two, upwards and downwards in turn. Section 7.7.3.
  private mutating func drawData(_ codewords: [UInt8]) {
    var index = 0
    var right = size - 1
    while right >= 1 {
      if right == 6 { right = 5 }
      for step in 0..<size {
        for offset in 0..<2 {
          let x = right - offset
          let y = (right + 1) & 2 == 0 ? size - 1 - step : step
          guard !isFunction[y][x], index < codewords.count * 8 else { continue }
          modules[y][x] = codewords[index >> 3] >> UInt8(7 - index & 7) & 1 == 1
          index += 1
        }
      }
      right -= 2
    }
  }

  private mutating func apply(_ mask: Int) {
    for y in 0..<size {
      for x in 0..<size where !isFunction[y][x] {
        let flips =
          switch mask {
          case 0: (x + y) % 2 == 0
          case 1: y % 2 == 0
          case 2: x % 3 == 0
          case 3: (x + y) % 3 == 0
          case 4: (x / 3 + y / 2) % 2 == 0
          case 5: x * y % 2 + x * y % 3 == 0
          case 6: (x * y % 2 + x * y % 3) % 2 == 0
          default: ((x + y) % 2 + x * y % 3) % 2 == 0
          }
        if flips { modules[y][x].toggle() }
      }
    }
  }

  /// How hard a mask is to read: runs, blocks and imbalance; finder-like patterns count as runs. Section 7.8.3.
  private var penalty: Int {
    var total = 0
    var dark = 0
    for y in 0..<size {
      for isColumn in [false, true] {
        var run = 0
        var color = false
        for index in 0..<size {
          let module = isColumn ? modules[index][y] : modules[y][index]
          if index > 0, module == color {
            run += 1
            if run == 5 { total += 3 } else if run > 5 { total += 1 }
          } else {
            run = 1
            color = module
          }
        }
      }
      for x in 0..<size {
        if modules[y][x] { dark += 1 }
        if x + 1 < size, y + 1 < size, modules[y][x] == modules[y][x + 1], modules[y][x] == modules[y + 1][x],
          modules[y][x] == modules[y + 1][x + 1]
        {
          total += 3
        }
      }
    }
    return total + abs(dark * 20 - size * size * 10) / (size * size) * 10
  }
}
