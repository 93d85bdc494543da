extension RegoError {
  /// As OPA prints it: `file:row: code: message`, then the line and a caret under the place, each after a tab.
  /// - Parameter sources: what locations' `file` counts; a location outside of it has no excerpt.
  public func render(sources: [Source]) -> String {
    guard location.row > 0 else { return "\(code.rawValue): \(message)" + detailLines }
    guard sources.indices.contains(Int(location.file)) else {
      return "\(location.row):\(location.column): \(code.rawValue): \(message)" + detailLines
    }
    let source = sources[Int(location.file)]
    let place = source.name.isEmpty ? "\(location.row):\(location.column)" : "\(source.name):\(location.row)"
    return "\(place): \(code.rawValue): \(message)" + Self.excerpt(source.text, Int(location.offset)) + detailLines
  }

  private var detailLines: String { details.map { "\n\t" + $0 }.joined() }

  /// Source: OPA v1/ast/parser_ext.go, `newParserErrorDetail`.
  private static func excerpt(_ text: [UInt8], _ offset: Int) -> String {
    if text.isEmpty { return "" }
    func endsLine(_ index: Int) -> Bool { text[index] == UInt8(ascii: "\n") || text[index] == UInt8(ascii: "\r") }
    var place = max(0, min(offset, text.count - 1))
    while place > 0, text[place] == UInt8(ascii: " ") || (9...13).contains(text[place]) { place -= 1 }
    var begin = place
    while begin > 0, !endsLine(begin - 1) { begin -= 1 }
    var end = place
    while end < text.count, !endsLine(end) { end += 1 }
    if begin > end { begin = end }
    let line = text[begin..<end]
    let shown = line.drop { $0 == UInt8(ascii: "\t") }
    // The caret stands under a character, not a byte.
    let before = text[shown.startIndex..<max(shown.startIndex, min(place, end))]
    let indent = before.reduce(into: 0) { count, byte in count += byte & 0xC0 == 0x80 ? 0 : 1 }
    let caret = String(repeating: " ", count: indent) + "^"
    return "\n\t" + String(decoding: shown, as: UTF8.self) + "\n\t" + caret
  }
}

extension RegoErrors {
  /// All of them, one after the other, counted when there are several.
  public func render(sources: [Source]) -> String {
    if errors.count == 1 { return "1 error occurred: " + errors[0].render(sources: sources) }
    return "\(errors.count) errors occurred:\n" + errors.map { $0.render(sources: sources) }.joined(separator: "\n")
  }
}
