/// Columns of text.
public struct TextTable: Sendable {
  public let titles: [String]
  public var rows: [[String]] = []

  public init(_ titles: [String]) { self.titles = titles }

  private var widths: [Int] {
    titles.indices.map { column in
      rows.reduce(titles[column].count) { max($0, column < $1.count ? $1[column].count : 0) }
    }
  }

  /// In a frame of ASCII, titles in the middle.
  public var boxed: String {
    let widths = widths
    let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+") + "+"
    let head = zip(titles, widths).map { title, width -> String in
      let space = width - title.count
      return String(repeating: " ", count: space / 2) + title + String(repeating: " ", count: space - space / 2)
    }
    var lines = [rule, Self.line(head), rule]
    for row in rows { lines.append(Self.line(zip(row, widths).map { Self.padded($0, $1) })) }
    lines.append(rule)
    return lines.joined(separator: "\n")
  }

  /// Without a frame: the first columns to the left, the others, numbers, to the right.
  /// - Parameter leftColumnCount: of how many the text stands to the left.
  public func plain(leftColumnCount: Int = 1) -> String {
    let widths = widths
    return ([titles] + rows).map { row in
      let cells = row.enumerated().map { column, text -> String in
        if column < leftColumnCount { return Self.padded(text, widths[column]) }
        return String(repeating: " ", count: max(0, widths[column] - text.count)) + text
      }
      var line = cells.joined(separator: "  ")[...]
      while line.hasSuffix(" ") { line = line.dropLast() }
      return String(line)
    }.joined(separator: "\n")
  }

  private static func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
