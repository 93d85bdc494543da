/// One block of PEM text (RFC 7468; header lines as in RFC 1421 are passed over).
public struct PEMBlock: Sendable {
  /// What stands between `-----BEGIN ` and `-----`.
  public let label: String
  public let bytes: [UInt8]
  /// Index in the text behind the block and its line end.
  public let endIndex: Int

  /// All well-formed blocks in order; what stands between them is passed over.
  public static func all(in text: [UInt8]) -> [PEMBlock] {
    var blocks: [PEMBlock] = []
    var index = 0
    while let block = first(in: text, from: index) {
      blocks.append(block)
      index = block.endIndex
    }
    return blocks
  }

  /// The first well-formed block at or behind `start`.
  public static func first(in text: [UInt8], from start: Int = 0) -> PEMBlock? {
    text.withUnsafeBufferPointer { text in
      var line = start
      while line < text.count {
        let end = Self.end(ofLine: line, text)
        if let label = label(of: text[line..<end], after: "-----BEGIN "),
          let block = block(text, label: label, from: min(end + 1, text.count))
        {
          return block
        }
        line = end + 1
      }
      return nil
    }
  }

  private static func block(_ text: UnsafeBufferPointer<UInt8>, label: String, from start: Int) -> PEMBlock? {
    var digits: [UInt8] = []
    defer { digits.withUnsafeMutableBytes { KeyBytes.wipe($0) } }
    var line = start
    var isHeader = true
    while line < text.count {
      let end = Self.end(ofLine: line, text)
      let content = trimmed(text[line..<end])
      let next = min(end + 1, text.count)
      if let closing = Self.label(of: text[line..<end], after: "-----END ") {
        guard closing.utf8.elementsEqual(label.utf8), let bytes = Base64.decode(digits) else { return nil }
        return PEMBlock(label: label, bytes: bytes, endIndex: next)
      }
      if isHeader, content.contains(UInt8(ascii: ":")) {
        line = next
        continue
      }
      if !content.isEmpty { isHeader = false }
      digits.append(contentsOf: content)
      line = next
    }
    return nil
  }

  private static func label(of line: Slice<UnsafeBufferPointer<UInt8>>, after prefix: StaticString) -> String? {
    // From the first column: what is indented is text that talks about PEM.
    let line = trimmedBehind(line)
    let prefixCount = prefix.utf8CodeUnitCount
    let isPrefixed = line.prefix(prefixCount).elementsEqual(
      UnsafeBufferPointer(start: prefix.utf8Start, count: prefixCount))
    guard isPrefixed, line.count >= prefixCount + 5, line.suffix(5).allSatisfy({ $0 == UInt8(ascii: "-") }) else {
      return nil
    }
    return String(decoding: line.dropFirst(prefixCount).dropLast(5), as: UTF8.self)
  }

  private static func end(ofLine start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    var index = start
    while index < text.count, text[index] != 0x0A { index += 1 }
    return index
  }

  private static func trimmed(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var line = trimmedBehind(line)
    while isSpace(line.first) { line.removeFirst() }
    return line
  }

  private static func trimmedBehind(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var line = line
    while isSpace(line.last) { line.removeLast() }
    return line
  }

  private static func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
