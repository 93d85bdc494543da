/// Where a value was written.
public enum SettingsLocation: Hashable, Sendable {
  /// Line and column count from 1.
  case file(path: String, line: Int, column: Int)
  case environment(variable: String)
  case commandLine

  /// The folder that relative paths in this place start from, with a trailing slash; empty for the working directory.
  var folder: String {
    guard case .file(let path, _, _) = self, let slash = path.utf8.lastIndex(of: 0x2F) else { return "" }
    return String(path[...slash])
  }
}

extension SettingsLocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .environment(let variable): "environment variable \(variable)"
    case .commandLine: "command line"
    }
  }
}

/// The key that a value belongs to, and where it was written; nil for a default.
public struct SettingsOrigin: Hashable, Sendable {
  /// Such as `limits.head_bytes_max` or `tls.certificates[0].key_file`.
  public var keyPath: String
  public var location: SettingsLocation?

  public init(keyPath: String, location: SettingsLocation? = nil) {
    self.keyPath = keyPath
    self.location = location
  }
}
