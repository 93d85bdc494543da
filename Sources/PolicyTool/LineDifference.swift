/// What formatting changes, as a unified diff.
public enum LineDifference {
  private static let contextCount = 3

  private enum Edit {
    case same(Substring)
    case removed(Substring)
    case added(Substring)
  }

  /// - Returns: empty when both are equal.
  public static func unified(_ old: [UInt8], _ new: [UInt8], name: String) -> String {
    if old == new { return "" }
    let edits = edits(old, new)
    var lines = ["--- \(name)", "+++ \(name) (formatted)"]
    var oldRow = 1
    var newRow = 1
    var position = 0
    while position < edits.count {
      guard let hunk = nextHunk(edits, from: position) else { break }
      let skipped = hunk.lowerBound - position
      oldRow += skipped
      newRow += skipped
      var body: [String] = []
      var oldCount = 0
      var newCount = 0
      for edit in edits[hunk] {
        switch edit {
        case .same(let line):
          body.append(" " + line)
          oldCount += 1
          newCount += 1
        case .removed(let line):
          body.append("-" + line)
          oldCount += 1
        case .added(let line):
          body.append("+" + line)
          newCount += 1
        }
      }
      lines.append("@@ -\(oldRow),\(oldCount) +\(newRow),\(newCount) @@")
      lines += body
      oldRow += oldCount
      newRow += newCount
      position = hunk.upperBound
    }
    return lines.joined(separator: "\n")
  }

  /// The next changes that are less than two contexts apart, with their context.
  private static func nextHunk(_ edits: [Edit], from start: Int) -> Range<Int>? {
    func isChange(_ index: Int) -> Bool { if case .same = edits[index] { false } else { true } }
    guard let first = (start..<edits.count).first(where: isChange) else { return nil }
    var last = first
    var index = first + 1
    while index < edits.count, index - last <= 2 * contextCount {
      if isChange(index) { last = index }
      index += 1
    }
    return max(start, first - contextCount)..<min(edits.count, last + contextCount + 1)
  }

  private static func edits(_ old: [UInt8], _ new: [UInt8]) -> [Edit] {
    let oldLines = lines(old)
    let newLines = lines(new)
    let difference = newLines.difference(from: oldLines)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var edits: [Edit] = []
    var oldIndex = 0
    var newIndex = 0
    while oldIndex < oldLines.count || newIndex < newLines.count {
      if removed.contains(oldIndex) {
        edits.append(.removed(oldLines[oldIndex]))
        oldIndex += 1
      } else if added.contains(newIndex) {
        edits.append(.added(newLines[newIndex]))
        newIndex += 1
      } else {
        edits.append(.same(newLines[newIndex]))
        oldIndex += 1
        newIndex += 1
      }
    }
    return edits
  }

  private static func lines(_ text: [UInt8]) -> [Substring] {
    var lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
