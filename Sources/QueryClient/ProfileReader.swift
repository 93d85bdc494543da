/// Sections of the AWS tools' shared files, read as botocore does: the last of two settings of a name counts, nested
/// lines belong to the setting above them and are left out.
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
struct ProfileReader {
  private(set) var sections: [String: [String: String]] = [:]

  init(_ text: String) {
    var current: String?
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, first != "#", first != ";" else { continue }
      if first == "[" {
        guard let end = line.firstIndex(of: "]") else {
          current = nil
          continue
        }
        let name = Self.sectionName(line[line.index(after: line.startIndex)..<end])
        current = name
        if sections[name] == nil { sections[name] = [:] }
        continue
      }
      guard let current, !first.isWhitespace, let equals = line.firstIndex(of: "=") else { continue }
      let name = Self.trimmed(line[..<equals]).lowercased()
      sections[current]?[name] = Self.withoutComment(Self.trimmed(line[line.index(after: equals)...]))
    }
  }

  /// `profile "my work"` is `profile my work`.
  private static func sectionName(_ text: Substring) -> String {
    let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(trimmed)
    guard parts.count == 2, let name = parts.last else { return parts.first ?? "" }
    let isQuoted = name.count >= 2 && name.first == name.last && (name.first == "\"" || name.first == "'")
    return "\(parts[0]) \(isQuoted ? String(name.dropFirst().dropLast()) : name)"
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// A comment behind a value begins with white space and `#` or `;`.
  private static func withoutComment(_ value: String) -> String {
    var last: Character = " "
    for index in value.indices {
      if last.isWhitespace, value[index] == "#" || value[index] == ";" { return trimmed(value[..<index]) }
      last = value[index]
    }
    return value
  }
}
