/// Writes a module, and its comments where they stood. Source: OPA v1/format/format.go, `writer`.
///
/// Comments wait in order of their rows; before a node is written, those of earlier rows go on lines of their own and the
/// one of its row goes to the end of the line.
struct FormatWriter {
  struct Comment {
    var text: [UInt8]
    var row: Int32
    var isMetadata: Bool
  }

  /// There is no room for a comment; the term around it is kept as it was written.
  struct UnexpectedComment: Error {}

  let source: [UInt8]
  let options: FormatOptions
  /// Offsets at which lines start.
  private let lineStarts: [Int]
  /// Those still to be written.
  var comments: ArraySlice<Comment>
  var output: [UInt8] = []
  var level = 0
  var isInline = false
  var lineEnd: Comment?
  var delaysLineEnd = false
  var writesCommentOnFinalLine = false

  init(_ source: [UInt8], _ module: Module, _ options: FormatOptions) {
    self.source = source
    self.options = options
    lineStarts = [0] + source.indices.filter { source[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    comments =
      module.comments.map { comment in
        let text = TrailingSpace.trimmed(comment.text)
        let isMetadata = comment.location.column == 1 && text.trimmingSpace.hasPrefix("METADATA")
        return Comment(text: Array("#".utf8) + Array(text.utf8), row: comment.location.row, isMetadata: isMetadata)
      }[...]
  }

  /// The whole text, ending with one line break.
  func finished() -> [UInt8] {
    var text = output
    while text.last == UInt8(ascii: "\n") { text.removeLast() }
    return text + [UInt8(ascii: "\n")]
  }

  func row(of offset: Int) -> Int32 {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return Int32(truncatingIfNeeded: low + 1)
  }

  func text(_ location: SourceLocation) -> ArraySlice<UInt8> {
    let end = min(Int(location.end), source.count)
    return source[min(Int(location.offset), end)..<end]
  }

  /// The row on which a node ends.
  func endRow(_ location: SourceLocation) -> Int32 { row(of: max(Int(location.offset), Int(location.end) - 1)) }

  /// The row of the closing character after the last of what a bracket holds; -1 when something else follows.
  func closingRow(after offset: Int32, _ close: UInt8) -> Int32 {
    var position = Int(offset)
    while position < source.count {
      switch source[position] {
      case UInt8(ascii: "#"):
        while position < source.count, source[position] != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ","),
        UInt8(ascii: ";"):
        position += 1
      case close: return row(of: position)
      default: return -1
      }
    }
    return -1
  }
}

extension FormatWriter {
  mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }
  mutating func write(_ bytes: some Sequence<UInt8>) { output.append(contentsOf: bytes) }

  mutating func startLine() {
    isInline = true
    output.append(contentsOf: repeatElement(UInt8(ascii: "\t"), count: level))
  }

  mutating func endLine() {
    isInline = false
    if let comment = lineEnd, !delaysLineEnd {
      write(" ")
      write(comment.text)
      lineEnd = nil
    }
    delaysLineEnd = false
    write("\n")
  }

  mutating func blankLine() {
    if isInline { endLine() }
    write("\n")
  }

  mutating func writeLine(_ text: [UInt8]) {
    if !isInline { startLine() }
    write(text)
    endLine()
  }

  mutating func writeComments(_ comments: ArraySlice<Comment>) {
    var inMetadata = false
    var previous: Comment?
    for comment in comments {
      if let previous {
        if comment.row - previous.row > 1 {
          blankLine()
          inMetadata = false
        } else if inMetadata, comment.isMetadata {
          blankLine()
        }
      }
      if comment.isMetadata { inMetadata = true }
      writeLine(comment.text)
      previous = comment
    }
  }

  /// Writes what stands before a row and keeps what stands on it for the end of the line.
  mutating func insertComments(before row: Int32) throws(UnexpectedComment) {
    let before = comments.prefix { $0.row < row }
    comments = comments.dropFirst(before.count)
    var beside: Comment?
    if let first = comments.first, first.row == row { beside = comments.removeFirst() }
    writeComments(before)
    if let last = before.last, row - last.row > 1 { blankLine() }
    try keepForLineEnd(beside)
  }

  private mutating func keepForLineEnd(_ comment: Comment?) throws(UnexpectedComment) {
    if lineEnd != nil {
      if comment == nil { return }
      lineEnd = nil
      throw UnexpectedComment()
    }
    lineEnd = comment
  }

  /// The source's own text of a node, with the comments inside it.
  mutating func writeUnformatted(_ location: SourceLocation, _ saved: ArraySlice<Comment>) {
    let lastRow = endRow(location)
    write(text(location))
    var kept: [Comment] = []
    for comment in saved {
      if writesCommentOnFinalLine, comment.row == lastRow {
        write(" ")
        write(comment.text)
      } else if comment.row >= lastRow {
        kept.append(comment)
      }
    }
    comments = kept[...]
  }
}
