/// What one decoding run shares: the errors so far and the values that stand above the files.
///
/// Precedence: command line, then environment, then files, then defaults.
final class SettingsDecoder {
  private(set) var errors: [SettingsError]
  private let environment: [String: String]
  private let overrides: [String: String]
  /// Variables that some key reads, with that key.
  private var variables: [String: String] = [:]
  /// Every key that was asked for, set or not.
  private(set) var keyPathsRead: Set<String> = []
  private var overridesRead: Set<String> = []

  init(errors: [SettingsError], environment: [String: String], overrides: [String: String]) {
    self.errors = errors
    self.environment = environment
    self.overrides = overrides
  }

  func report(_ problem: SettingsProblem, at origin: SettingsOrigin) {
    errors.append(SettingsError(problem, at: origin))
  }

  /// The value of a key from the command line or the environment.
  func externalValue(_ keyPath: String, shape: SettingsShape) -> SettingsNode? {
    keyPathsRead.insert(keyPath)
    // The elements of a list have no names that a variable could spell; the whole list has.
    guard !keyPath.utf8.contains(0x5B) else { return nil }
    let variable = SettingsVariables.name(of: keyPath)
    let text = environment[variable]
    if let other = variables[variable], other != keyPath, text != nil {
      report(
        .ambiguousVariable(other: other),
        at: SettingsOrigin(keyPath: keyPath, location: .environment(variable: variable)))
    }
    variables[variable] = keyPath
    overridesRead.insert(keyPath)
    if let text = overrides[keyPath] { return node(text, shape, .commandLine, keyPath) }
    return text.flatMap { node($0, shape, .environment(variable: variable), keyPath) }
  }

  func isSetExternally(_ keyPath: String) -> Bool {
    overrides[keyPath] != nil || environment[SettingsVariables.name(of: keyPath)] != nil
  }

  /// Lists are written `a, b` or as YAML in brackets, mappings as YAML.
  private func node(
    _ text: String, _ shape: SettingsShape, _ location: SettingsLocation, _ keyPath: String
  ) -> SettingsNode? {
    if shape == .text { return SettingsNode(content: .text(text), location: location) }
    let trimmed = text.utf8.drop { $0 == 0x20 }
    if shape == .list && trimmed.first != 0x5B {
      let parts = text.split(separator: ",").map { part in
        SettingsNode(content: .text(trim(part)), location: location)
      }
      return SettingsNode(content: .list(trimmed.isEmpty ? [] : parts), location: location)
    }
    do throws(SettingsError) {
      return try YAMLDocument.parse(text) { _, _ in location }
    } catch {
      report(error.problem, at: SettingsOrigin(keyPath: keyPath, location: location))
      return nil
    }
  }

  private func trim(_ text: Substring) -> String {
    var bytes = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return String(Substring(bytes))
  }

  /// Reports what nobody asked for, then returns all errors.
  func finish() -> [SettingsError] {
    for name in environment.keys.sorted() where name.hasPrefix(SettingsVariables.prefix) {
      if variables[name] != nil || SettingsVariables.isKnownOutsideSettings(name) { continue }
      let suggestion = SettingsText.closest(to: name, among: variables.keys)
      report(
        .unknownVariable(suggestion: suggestion),
        at: SettingsOrigin(keyPath: "", location: .environment(variable: name)))
    }
    for keyPath in overrides.keys.sorted() where !overridesRead.contains(keyPath) {
      report(.unknownKey(suggestion: nil), at: SettingsOrigin(keyPath: keyPath, location: .commandLine))
    }
    return errors
  }
}
