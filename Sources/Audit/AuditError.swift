public import Settings

/// Why audit lines cannot be written at all.
public enum AuditError: Error, Hashable, Sendable {
  case file(path: String, FileFault)
}

extension AuditError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let fault): "audit file `\(path)`: \(fault)"
    }
  }
}
