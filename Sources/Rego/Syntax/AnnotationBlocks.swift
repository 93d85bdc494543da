/// The `# METADATA` blocks among a module's comments. Source: OPA v1/ast/parser.go, `parseAnnotations`.
struct AnnotationBlock {
  /// Without the line that says METADATA.
  var lines: [Module.Comment]
  var location: SourceLocation

  static func all(in comments: [Module.Comment]) -> [AnnotationBlock] {
    var blocks: [AnnotationBlock] = []
    var previousRow: Int32 = -1
    var isOpen = false
    for comment in comments {
      let row = comment.location.row
      if isHeader(comment) {
        blocks.append(AnnotationBlock(lines: [], location: comment.location))
        isOpen = true
      } else if isOpen, comment.location.column == 1, row == previousRow + 1 {
        blocks[blocks.count - 1].lines.append(comment)
      } else {
        isOpen = false
      }
      previousRow = row
    }
    return blocks
  }

  private static func isHeader(_ comment: Module.Comment) -> Bool {
    comment.location.column == 1 && comment.text.drop(while: \.isWhitespace).hasPrefix("METADATA")
  }

  /// Each line without the one space that may follow its `#`.
  var yaml: String {
    lines.map { ($0.text.utf8.first == UInt8(ascii: " ") ? String($0.text.dropFirst()) : $0.text) + "\n" }.joined()
  }
}

extension RegoParser {
  /// The annotations of a module, each with what it stands before: the first statement below it.
  static func annotations(
    of module: Module, statements: [(row: Int32, target: AnnotationTarget)]
  ) -> (annotations: [Module.Annotation], problems: [RegoError]) {
    var annotations: [Module.Annotation] = []
    var problems: [RegoError] = []
    var next = 0
    for block in AnnotationBlock.all(in: module.comments) {
      // Both run down the text.
      while next < statements.count, statements[next].row <= block.location.row { next += 1 }
      let target = next < statements.count ? statements[next].target : nil
      do throws(AnnotationError) {
        var reader = AnnotationReader(block)
        annotations.append(try reader.annotation(before: target))
      } catch {
        problems.append(RegoError(.parse, error.message, error.location))
      }
    }
    return (annotations, problems)
  }
}

enum AnnotationTarget {
  case package
  case imported
  /// Index in the module's rules.
  case rule(Int)

  var name: String {
    switch self {
    case .package: "package"
    case .imported: "import"
    case .rule: "rule"
    }
  }
}

struct AnnotationError: Error {
  var message: String
  var location: SourceLocation
}
