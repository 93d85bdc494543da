/// Finds the settings files and decodes them. Running it again is a reload.
public struct SettingsLoader: Sendable {
  /// A file, a folder of `*.yaml` files, or nil for defaults and environment alone.
  public let path: String?
  public let environment: [String: String]
  /// Key path to text; what the command line set.
  public let overrides: [String: String]

  public init(path: String?, environment: [String: String], overrides: [String: String] = [:]) {
    self.path = path
    self.environment = environment
    self.overrides = overrides
  }

  /// Reads, decodes and checks.
  /// - Throws: everything that is wrong, at once.
  public func load() throws(SettingsErrors) -> GatewaySettings {
    var documents: [SettingsNode] = []
    var errors: [SettingsError] = []
    for file in try files() {
      do throws(SettingsError) {
        if let document = try Self.document(file) { documents.append(document) }
      } catch {
        errors.append(error)
      }
    }
    // What a broken file would have set is not known, so nothing true can be said about the rest.
    guard errors.isEmpty else { throw SettingsErrors(errors) }
    let root = SettingsMerge.join(documents, errors: &errors)
    let (settings, wrong) = GatewaySettings.decode(
      root, errors: errors, environment: environment, overrides: overrides)
    let found = wrong + Self.independent(SettingsCheck.run(settings), of: wrong)
    guard found.isEmpty else { throw SettingsErrors(found) }
    return settings
  }

  /// Of what the check found the errors that do not follow from those of decoding.
  private static func independent(_ found: [SettingsError], of wrong: [SettingsError]) -> [SettingsError] {
    let keyPaths = Set(wrong.map(\.origin.keyPath))
    // A policy that could not be decoded is missing, and everybody who names it would be blamed.
    let missesPolicies = keyPaths.contains { $0.hasPrefix("identities.policies") || $0 == "identities" }
    return found.filter { error in
      if keyPaths.contains(error.origin.keyPath) { return false }
      if case .unknownReference = error.problem { return !missesPolicies }
      return true
    }
  }

  /// The settings files, in the order in which they are joined.
  func files() throws(SettingsErrors) -> [String] {
    guard let path else { return [] }
    guard RegularFile.isFolder(path) else { return [path] }
    do throws(FileFault) {
      let folder = path.hasSuffix("/") ? path : path + "/"
      return try RegularFile.names(inFolder: path)
        .filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
        .map { folder + $0 }
    } catch {
      throw SettingsErrors([SettingsError(.file(path: path, fault: error), at: SettingsOrigin(keyPath: ""))])
    }
  }

  private static func document(_ path: String) throws(SettingsError) -> SettingsNode? {
    let bytes: [UInt8]
    do throws(FileFault) {
      bytes = try RegularFile.read(path, bytesMax: YAMLDocument.bytesMax)
    } catch {
      throw SettingsError(.file(path: path, fault: error), at: SettingsOrigin(keyPath: ""))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SettingsError(.file(path: path, fault: .malformed(reason: "not UTF-8")), at: SettingsOrigin(keyPath: ""))
    }
    return try YAMLDocument.parse(text) { .file(path: path, line: $0, column: $1) }
  }
}

extension GatewaySettings {
  /// Decodes one YAML text, as if it were a file of the given name. Opens no file.
  public init(
    yaml: String, name: String = "settings.yaml", environment: [String: String] = [:],
    overrides: [String: String] = [:]
  ) throws(SettingsErrors) {
    let root: SettingsNode?
    do throws(SettingsError) {
      root = try YAMLDocument.parse(yaml) { .file(path: name, line: $0, column: $1) }
    } catch {
      throw SettingsErrors([error])
    }
    let (settings, wrong) = Self.decode(root, errors: [], environment: environment, overrides: overrides)
    guard wrong.isEmpty else { throw SettingsErrors(wrong) }
    self = settings
  }
}
