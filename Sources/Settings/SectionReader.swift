/// Reads one mapping of the settings. Whatever is wrong is reported and the default taken, so that one run finds all
/// errors.
final class SectionReader {
  let decoder: SettingsDecoder
  let path: String
  /// Where the mapping was written; nil when it was not.
  let location: SettingsLocation?
  private let entries: [SettingsNode.Entry]
  private var known: [String] = []

  private init(_ decoder: SettingsDecoder, path: String, node: SettingsNode?) {
    self.decoder = decoder
    self.path = path
    self.location = node?.location
    switch node?.content {
    case nil, .null: entries = []
    case .mapping(let mapped): entries = mapped
    case .text, .list:
      entries = []
      if let node, let shape = node.shape {
        decoder.report(
          .wrongShape(expected: .mapping, found: shape),
          at: SettingsOrigin(keyPath: path, location: node.location))
      }
    }
  }

  /// Reads a mapping with `body` and reports the keys that it did not ask for.
  static func read<Value>(
    _ decoder: SettingsDecoder, path: String, node: SettingsNode?, _ body: (SectionReader) -> Value
  ) -> Value {
    let reader = SectionReader(decoder, path: path, node: node)
    let value = body(reader)
    for entry in reader.entries where !reader.known.contains(entry.key) {
      let suggestion = SettingsText.closest(to: entry.key, among: reader.known)
      decoder.report(
        .unknownKey(suggestion: suggestion),
        at: SettingsOrigin(keyPath: reader.keyPath(entry.key), location: entry.keyLocation))
    }
    return value
  }

  func keyPath(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The mapping itself, for errors about what it lacks.
  var origin: SettingsOrigin { SettingsOrigin(keyPath: path, location: location) }

  /// The place of a key, set or not.
  func origin(_ key: String) -> SettingsOrigin {
    let entry = entries.first { $0.key == key }
    return SettingsOrigin(keyPath: keyPath(key), location: entry?.keyLocation ?? location)
  }

  func report(_ problem: SettingsProblem, _ key: String) { decoder.report(problem, at: origin(key)) }

  /// The value of a key, from wherever it is set; null counts as not set.
  func node(_ key: String, _ shape: SettingsShape) -> SettingsNode? {
    known.append(key)
    let external = decoder.externalValue(keyPath(key), shape: shape)
    guard let node = external ?? entries.first(where: { $0.key == key })?.node, node.shape != nil else { return nil }
    return node
  }

  /// Whether the key has any value, right or wrong.
  func isSet(_ key: String) -> Bool {
    decoder.isSetExternally(keyPath(key)) || entries.contains { $0.key == key && $0.node.shape != nil }
  }

  /// For a mapping whose keys cannot be told right from wrong.
  func skipRest() { known += entries.map(\.key) }
}

// MARK: - Single values

extension SectionReader {
  func text(_ key: String) -> (text: String, origin: SettingsOrigin)? {
    guard let node = node(key, .text) else { return nil }
    let origin = SettingsOrigin(keyPath: keyPath(key), location: node.location)
    guard case .text(let text) = node.content else {
      decoder.report(.wrongShape(expected: .text, found: node.shape ?? .text), at: origin)
      return nil
    }
    return (text, origin)
  }

  /// A value that `parse` understands, or a report that `expected` was expected.
  func value<Value>(_ key: String, _ expected: String, _ parse: (String) -> Value?) -> Value? {
    guard let (text, origin) = text(key) else { return nil }
    guard let value = parse(text) else {
      decoder.report(.malformed(expected: expected, found: bounded(text)), at: origin)
      return nil
    }
    return value
  }

  func boolean(_ key: String, default defaultValue: Bool) -> Bool {
    value(key, "`true` or `false`") { $0 == "true" ? true : $0 == "false" ? false : nil } ?? defaultValue
  }

  func duration(_ key: String, default defaultValue: Duration, in range: ClosedRange<Duration>) -> Duration {
    ranged(key, "a duration such as `250ms`, `30s` or `5m`", range, SettingsText.duration, SettingsText.text)
      ?? defaultValue
  }

  func size(_ key: String, default defaultValue: Int, in range: ClosedRange<Int>) -> Int {
    ranged(key, "a size such as `16KiB` or `5GiB`", range, SettingsText.size) { SettingsText.text(bytes: $0) }
      ?? defaultValue
  }

  func number(_ key: String, default defaultValue: Int, in range: ClosedRange<Int>) -> Int {
    optionalNumber(key, in: range) ?? defaultValue
  }

  func optionalNumber(_ key: String, in range: ClosedRange<Int>) -> Int? {
    ranged(key, "a whole number", range, SettingsText.number) { "\($0)" }
  }

  private func ranged<Value: Comparable>(
    _ key: String, _ expected: String, _ range: ClosedRange<Value>, _ parse: (String) -> Value?,
    _ print: (Value) -> String
  ) -> Value? {
    guard let (text, origin) = text(key) else { return nil }
    guard let value = parse(text) else {
      decoder.report(.malformed(expected: expected, found: bounded(text)), at: origin)
      return nil
    }
    guard range.contains(value) else {
      let problem = SettingsProblem.outOfRange(
        found: text, minimum: print(range.lowerBound), maximum: print(range.upperBound))
      decoder.report(problem, at: origin)
      return nil
    }
    return value
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default defaultValue: Choice
  ) -> Choice {
    guard let (text, origin) = text(key) else { return defaultValue }
    guard let choice = Choice(rawValue: text) else {
      let problem = SettingsProblem.notOneOf(found: bounded(text), allowed: Choice.allCases.map(\.rawValue))
      decoder.report(problem, at: origin)
      return defaultValue
    }
    return choice
  }

  /// A path, relative to the folder of the file that it is written in.
  func file(_ key: String) -> FileReference? {
    guard let (text, origin) = text(key) else { return nil }
    guard let path = resolved(text, origin) else { return nil }
    return FileReference(path: path, origin: origin)
  }

  /// As ``file(_:)``, for paths that are created rather than read.
  func path(_ key: String) -> String? { file(key)?.path }

  /// One path, or a list of them. From outside the files, several are separated by commas.
  /// - Parameter orURLs: URLs may stand among them, and stay as they are.
  func paths(_ key: String, countMax: Int, orURLs: Bool = false) -> [String] {
    func resolved(_ text: String, _ origin: SettingsOrigin) -> String? {
      orURLs && Self.isURL(text) ? text : self.resolved(text, origin)
    }
    guard let node = node(key, .list) else { return [] }
    let origin = SettingsOrigin(keyPath: keyPath(key), location: node.location)
    switch node.content {
    case .text(let text): return resolved(text, origin).map { [$0] } ?? []
    case .list: return values(key, countMax: countMax, "a path") { resolved($0, $1) } ?? []
    case .null, .mapping:
      decoder.report(.wrongShape(expected: .list, found: node.shape ?? .text), at: origin)
      return []
    }
  }

  static func isURL(_ text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    return start.hasPrefix("https://") || start.hasPrefix("http://")
  }

  private func resolved(_ text: String, _ origin: SettingsOrigin) -> String? {
    guard !text.isEmpty, !text.utf8.contains(0), text.utf8.count <= 4095 else {
      decoder.report(.malformed(expected: "a path", found: bounded(text)), at: origin)
      return nil
    }
    return text.utf8.first == 0x2F ? text : (origin.location?.folder ?? "") + text
  }

  /// `KEY_file: path` or `KEY: value`, not both.
  func secret(_ key: String) -> SecretSource? {
    let reference = file("\(key)_file")
    let inline = text(key)
    if reference != nil, let inline {
      decoder.report(.excludes(key: keyPath("\(key)_file")), at: inline.origin)
    }
    if let reference { return .file(reference) }
    guard let inline else { return nil }
    guard (1...SecretSource.bytesMax).contains(inline.text.utf8.count) else {
      decoder.report(
        .malformedSecret(expected: "1 to \(SecretSource.bytesMax) bytes"), at: inline.origin)
      return nil
    }
    return .inline(Secret(inline.text.utf8), origin: inline.origin)
  }

  /// Keeps messages short whatever was written.
  private func bounded(_ text: String) -> String {
    text.utf8.count <= 120 ? text : String(text.prefix(120)) + "…"
  }
}

// MARK: - Sections and lists

extension SectionReader {
  func section<Value>(_ key: String, _ body: (SectionReader) -> Value) -> Value {
    known.append(key)
    let node = entries.first { $0.key == key }?.node
    return SectionReader.read(decoder, path: keyPath(key), node: node, body)
  }

  /// The entries of a mapping whose keys are names, in the order written.
  func named<Value>(
    _ key: String, countMax: Int = 100_000, _ body: (_ name: String, _ origin: SettingsOrigin, SectionReader) -> Value?
  ) -> [Value] {
    nodes(named: key, countMax: countMax).compactMap { entry in
      let path = keyPath(key) + "." + entry.key
      let origin = SettingsOrigin(keyPath: path, location: entry.keyLocation)
      return SectionReader.read(decoder, path: path, node: entry.node) { body(entry.key, origin, $0) }
    }
  }

  /// As ``named(_:countMax:_:)``, without a look at the values.
  func nodes(named key: String, countMax: Int) -> [SettingsNode.Entry] {
    guard let node = node(key, .mapping) else { return [] }
    let origin = SettingsOrigin(keyPath: keyPath(key), location: node.location)
    guard case .mapping(let entries) = node.content else {
      decoder.report(.wrongShape(expected: .mapping, found: node.shape ?? .text), at: origin)
      return []
    }
    guard entries.count <= countMax else {
      decoder.report(.tooMany(found: entries.count, maximum: countMax), at: origin)
      return []
    }
    return entries
  }

  /// The mappings of a list.
  func items<Value>(_ key: String, countMax: Int, _ body: (SectionReader) -> Value?) -> [Value] {
    list(key, countMax: countMax).enumerated().compactMap { index, node in
      SectionReader.read(decoder, path: "\(keyPath(key))[\(index)]", node: node, body)
    }
  }

  /// The texts of a list, each understood by `parse`; nil when the key is not set.
  func values<Value>(
    _ key: String, countMax: Int, _ expected: String, _ parse: (String, SettingsOrigin) -> Value?
  ) -> [Value]? {
    guard let nodes = optionalList(key, countMax: countMax) else { return nil }
    return nodes.enumerated().compactMap { index, node in
      let origin = SettingsOrigin(keyPath: "\(keyPath(key))[\(index)]", location: node.location)
      guard case .text(let text) = node.content else {
        decoder.report(.wrongShape(expected: .text, found: node.shape ?? .text), at: origin)
        return nil
      }
      guard let value = parse(text, origin) else {
        decoder.report(.malformed(expected: expected, found: bounded(text)), at: origin)
        return nil
      }
      return value
    }
  }

  private func list(_ key: String, countMax: Int) -> [SettingsNode] { optionalList(key, countMax: countMax) ?? [] }

  private func optionalList(_ key: String, countMax: Int) -> [SettingsNode]? {
    guard let node = node(key, .list) else { return nil }
    let origin = SettingsOrigin(keyPath: keyPath(key), location: node.location)
    guard case .list(let nodes) = node.content else {
      decoder.report(.wrongShape(expected: .list, found: node.shape ?? .text), at: origin)
      return []
    }
    guard nodes.count <= countMax else {
      decoder.report(.tooMany(found: nodes.count, maximum: countMax), at: origin)
      return []
    }
    return nodes
  }
}
