import S3Model

/// Where the statements of a policy document stand in its text, for the simulator's answers.
///
/// The document has been parsed: this finds its way through valid JSON.
struct StatementPositions: Sendable {
  struct Position: Hashable, Sendable {
    /// From 1.
    var line: Int
    /// From 0, as AWS counts.
    var column: Int
  }

  /// In the order of the document; empty when the name of the member is written with escapes.
  let ranges: [(start: Position, end: Position)]

  init(_ document: ByteString) {
    var ranges: [(start: Position, end: Position)] = []
    var line = 1
    var lineStart = 0
    var depth = 0
    var isInString = false
    var isEscaped = false
    var text: [UInt8] = []
    var name: [UInt8] = []
    var start: Position?
    var statementDepth = 0
    let bytes = document.bytes
    for (index, byte) in bytes.enumerated() {
      let position = Position(line: line, column: index - lineStart)
      if byte == 0x0A {
        line += 1
        lineStart = index + 1
      }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          continue
        }
        text.append(byte)
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        text = []
      case UInt8(ascii: ":"): if depth == 1 { name = text }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        guard name.elementsEqual("Statement".utf8) else { break }
        if byte == UInt8(ascii: "["), depth == 2 {
          statementDepth = 3
        } else if byte == UInt8(ascii: "{"), depth == 2 || depth == statementDepth, start == nil {
          start = position
          statementDepth = depth
        }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if let begin = start, depth == statementDepth {
          ranges.append((begin, Position(line: line, column: index - lineStart + 1)))
          start = nil
        }
        depth -= 1
      case UInt8(ascii: ","): if depth == 1 { name = [] }
      default: break
      }
    }
    self.ranges = ranges
  }
}
