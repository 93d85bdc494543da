/// The configuration file of AWS tools, `~/.aws/config`: changed where asked, else left byte for byte.
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
public struct ProfileFile: Sendable {
  private var lines: [String]
  private let path: String

  /// `$AWS_CONFIG_FILE`, or `~/.aws/config`; one that is not there is empty.
  public init(environment: [String: String]) throws(LoginError) {
    if let path = environment["AWS_CONFIG_FILE"], !path.isEmpty {
      try self.init(path: path)
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      try self.init(path: "\(home)/.aws/config")
    } else {
      throw .noHome
    }
  }

  private init(path: String) throws(LoginError) {
    self.init(content: try PrivateFile.read(path, isSecret: false) ?? [], path: path)
  }

  init(content: [UInt8], path: String = "config") {
    self.path = path
    lines = String(decoding: content, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    if lines.last == "" { lines.removeLast() }
  }

  var content: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

  /// Sets settings of a profile, which is added when there is none; its other settings stay.
  ///
  /// A setting that is there is replaced where it stands, nested lines below it included.
  public mutating func set(_ settings: [(name: String, value: String)], ofProfile profile: String) throws(LoginError) {
    guard Self.isName(profile) else { throw .invalidProfileName(profile) }
    let header = profile == "default" ? "[default]" : "[profile \(profile)]"
    if section(of: profile) == nil {
      if let last = lines.last, !last.isEmpty { lines.append("") }
      lines.append(header)
    }
    for (name, value) in settings {
      guard let section = section(of: profile) else { return }
      let line = "\(name) = \(value)"
      guard let index = section.first(where: { Self.setting(lines[$0]) == name }) else {
        // Behind the last line that says something, so that blank lines still part the sections.
        let last = section.last { !lines[$0].allSatisfy(\.isWhitespace) }
        lines.insert(line, at: last.map { $0 + 1 } ?? section.lowerBound)
        continue
      }
      var end = index + 1
      while end < section.upperBound, let first = lines[end].first, first == " " || first == "\t" { end += 1 }
      lines.replaceSubrange(index..<end, with: [line])
    }
  }

  /// Writes the file, for its owner alone where it is new.
  public func save() throws(LoginError) {
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try PrivateFile.makeFolder(String(path[..<slash]))
    }
    try PrivateFile.replace(path, content)
  }

  /// The lines of a profile below its header, up to the next section.
  private func section(of profile: String) -> Range<Int>? {
    guard let header = lines.indices.first(where: { Self.profile(lines[$0]) == profile }) else { return nil }
    let start = header + 1
    let end = lines[start...].firstIndex { $0.first == "[" } ?? lines.endIndex
    return start..<end
  }

  /// The profile that a line begins; nil for other lines and sections.
  private static func profile(_ line: String) -> String? {
    guard line.first == "[", let end = line.firstIndex(of: "]") else { return nil }
    let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
    switch words.count {
    case 1: return words[0] == "default" ? "default" : nil
    case 2: return words[0] == "profile" ? String(words[1]).trimmingQuotes : nil
    default: return nil
    }
  }

  private static func setting(_ line: String) -> String? {
    guard let first = line.first, !first.isWhitespace, first != "#", first != ";",
      let equals = line.firstIndex(of: "=")
    else { return nil }
    return line[..<equals].lowercased().split(whereSeparator: \.isWhitespace).first.map(String.init)
  }

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || [0x2D, 0x2E, 0x5F, 0x2B, 0x40].contains($0)
      }
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
    return String(dropFirst().dropLast())
  }
}
