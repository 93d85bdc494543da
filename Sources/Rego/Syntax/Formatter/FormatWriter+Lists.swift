/// Where a list stands in the source.
struct FormatList {
  /// Of what holds the list.
  var start: SourceLocation
  /// Of the closing bracket; -1 when not known.
  var close: Int32
  /// A line break between the start and the first element makes the list one of several lines.
  var begins: Bool
}

extension FormatWriter {
  mutating func writeElements(
    _ elements: [Term], _ term: Term, _ open: String, _ close: String
  ) throws(UnexpectedComment) {
    write(open)
    let list = FormatList(start: term.location, close: endRow(term.location), begins: true)
    try writeList(elements.map { [$0] }, list) { (writer, terms) throws(UnexpectedComment) in
      try writer.writeListElement(terms[0], parenthesizesUnions: true)
    }
    write(close)
  }

  mutating func writeObject(_ members: [(key: Term, value: Term)], _ term: Term) throws(UnexpectedComment) {
    write("{")
    let list = FormatList(start: term.location, close: endRow(term.location), begins: true)
    try writeList(members.map { [$0.key, $0.value] }, list) { (writer, terms) throws(UnexpectedComment) in
      try writer.writeUnionSafe(terms[0])
      writer.write(": ")
      try writer.writeUnionSafe(terms[1])
    }
    write("}")
  }

  mutating func writeListElement(_ term: Term, parenthesizesUnions: Bool) throws(UnexpectedComment) {
    let isWrapped = term.isUnion && (parenthesizesUnions || term.parenthesized)
    if isWrapped { write("(") }
    try writeTerm(term)
    if isWrapped { write(")") }
  }

  /// Elements that stood on one line stay on one, in lines of their own when there are several.
  mutating func writeList(
    _ elements: [[Term]], _ list: FormatList,
    _ writeElement: (inout FormatWriter, [Term]) throws(UnexpectedComment) -> Void
  ) throws(UnexpectedComment) {
    var lines: [[[Term]]] = [[]]
    var row = list.start.row
    for (index, element) in elements.enumerated() {
      let place = element[0].location.row
      if index > 0, place > row { lines.append([]) }
      row = place
      lines[lines.count - 1].append(element)
    }
    var isMultiline = lines.count > 1
    if !isMultiline {
      // A comment inside a single line has no place there.
      for comment in comments {
        if comment.row >= list.close { break }
        if comment.row > list.start.row { throw UnexpectedComment() }
      }
      if list.begins, let first = elements.first?[0] {
        // In a chained rule the head stands before the place of the rule.
        let distance = max(0, Int(first.location.offset) - Int(list.start.offset))
        isMultiline = text(list.start).prefix(distance).contains(UInt8(ascii: "\n"))
      }
    }
    if isMultiline {
      delaysLineEnd = true
      endLine()
      level += 1
      startLine()
    }
    for (index, line) in lines.enumerated() {
      for (position, element) in line.enumerated() {
        if position > 0 { write(", ") }
        try writeElement(&self, element)
      }
      if index < lines.count - 1 {
        write(",")
        endLine()
        startLine()
      }
    }
    if isMultiline {
      write(",")
      endLine()
      try insertComments(before: list.close)
      level -= 1
      startLine()
    }
  }

  /// Text between the expressions is written with the escapes it needs.
  mutating func writeTemplate(_ term: Term, _ parts: [Term.TemplatePart]) throws(UnexpectedComment) {
    let quote = term.isRaw ? "`" : "\""
    write("$" + quote)
    for part in parts {
      switch part {
      case .text(let text): write(term.isRaw ? Self.rawEscaped(text) : Self.escaped(text))
      case .term(let inner):
        write("{")
        try writeExpression(Expression(.term(inner), inner.location))
        write("}")
      case .expression(let inner):
        write("{")
        try writeExpression(inner)
        write("}")
      }
    }
    write(quote)
  }

  private static func rawEscaped(_ text: Text) -> [UInt8] {
    text.bytes.flatMap { $0 == UInt8(ascii: "{") ? Array("\\{".utf8) : [$0] }
  }

  private static func escaped(_ text: Text) -> [UInt8] {
    text.bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
      case 8: Array("\\b".utf8)
      case 9: Array("\\t".utf8)
      case 10: Array("\\n".utf8)
      case 12: Array("\\f".utf8)
      case 13: Array("\\r".utf8)
      case 0..<0x20: Array("\\u00".utf8) + Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
      default: [byte]
      }
    }
  }
}
