/// One thing that is wrong with the settings. They are reported all at once, never one by one.
public struct SettingsError: Error, Hashable, Sendable {
  public var origin: SettingsOrigin
  public var problem: SettingsProblem

  public init(_ problem: SettingsProblem, at origin: SettingsOrigin) {
    self.problem = problem
    self.origin = origin
  }
}

/// All errors of one attempt to load settings, in the order of discovery; never empty.
public struct SettingsErrors: Error, Hashable, Sendable {
  public var errors: [SettingsError]

  public init(_ errors: [SettingsError]) { self.errors = errors }
}

/// What is wrong. Values of keys that hold secrets are never part of it.
public enum SettingsProblem: Hashable, Sendable {
  case unknownKey(suggestion: String?)
  case duplicateKey(first: SettingsLocation?)
  case unknownVariable(suggestion: String?)
  /// Two keys would be set by the same variable.
  case ambiguousVariable(other: String)
  case missing
  case wrongShape(expected: SettingsShape, found: SettingsShape)
  /// The text is not of the form that the key needs.
  case malformed(expected: String, found: String)
  /// As `malformed`, for keys whose value may not be shown.
  case malformedSecret(expected: String)
  case outOfRange(found: String, minimum: String, maximum: String)
  case notOneOf(found: String, allowed: [String])
  case tooMany(found: Int, maximum: Int)
  case syntax(message: String)
  case tooManyNodes(maximum: Int)
  case unknownReference(kind: String, name: String)
  /// The same thing is declared elsewhere.
  case collision(found: String, with: String)
  /// A name or value that is kept for another meaning or known to everybody.
  case reserved(found: String, meaning: String)
  case needs(key: String)
  case excludes(key: String)
  case file(path: String, fault: FileFault)
  case malformedPolicy(reason: String)
  /// A reload would change what only a restart can change.
  case fixedWhileRunning
}

/// The kinds of YAML node.
public enum SettingsShape: String, Hashable, Sendable {
  case text, list, mapping
}

/// Why a file that the settings name cannot be used.
public enum FileFault: Error, Hashable, Sendable {
  case missing
  case notRegular
  case tooLarge(bytesMax: Int)
  case empty
  /// Others than the owner may read or change it; `mode` holds the permission bits.
  case exposed(mode: UInt32)
  /// It belongs to neither this user nor root.
  case foreignOwner(userID: UInt32)
  case exists
  case system(errno: Int32)
  case malformed(reason: String)
}

extension SettingsError: CustomStringConvertible {
  /// One line: where, which key, what.
  public var description: String {
    let place = origin.location.map { "\($0): " } ?? ""
    return origin.keyPath.isEmpty ? "\(place)\(problem)" : "\(place)`\(origin.keyPath)`: \(problem)"
  }
}

extension SettingsErrors: CustomStringConvertible {
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension SettingsProblem: CustomStringConvertible {
  public var description: String {
    func hint(_ suggestion: String?) -> String { suggestion.map { "; did you mean `\($0)`?" } ?? "" }
    switch self {
    case .unknownKey(let suggestion): return "there is no such key" + hint(suggestion)
    case .duplicateKey(let first): return "set twice" + (first.map { "; first at \($0)" } ?? "")
    case .unknownVariable(let suggestion): return "no key is set by this variable" + hint(suggestion)
    case .ambiguousVariable(let other): return "this variable would set `\(other)` too; set it in a file instead"
    case .missing: return "required"
    case .wrongShape(let expected, let found): return "expected a \(expected.rawValue), found a \(found.rawValue)"
    case .malformed(let expected, let found): return "expected \(expected), found `\(found)`"
    case .malformedSecret(let expected): return "expected \(expected)"
    case .outOfRange(let found, let minimum, let maximum): return "`\(found)` is not within \(minimum) … \(maximum)"
    case .notOneOf(let found, let allowed):
      return "`\(found)` is not one of " + allowed.map { "`\($0)`" }.joined(separator: ", ")
    case .tooMany(let found, let maximum): return "\(found) entries, at most \(maximum) allowed"
    case .syntax(let message): return message
    case .tooManyNodes(let maximum): return "more than \(maximum) values in all, aliases counted each time"
    case .unknownReference(let kind, let name): return "there is no \(kind) `\(name)`"
    case .collision(let found, let other): return "`\(found)` is the same as \(other)"
    case .reserved(let found, let meaning): return "`\(found)` cannot be used: \(meaning)"
    case .needs(let key): return "makes sense only together with `\(key)`"
    case .excludes(let key): return "cannot be set together with `\(key)`"
    case .file(let path, let fault): return "`\(path)`: \(fault)"
    case .malformedPolicy(let reason): return "not a valid policy: \(reason)"
    case .fixedWhileRunning: return "changes only with a restart; the running settings stay"
    }
  }
}

extension FileFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: return "no such file"
    case .notRegular: return "not a regular file"
    case .tooLarge(let bytesMax): return "larger than \(bytesMax) bytes"
    case .empty: return "empty"
    case .exposed(let mode):
      let octal = String(mode, radix: 8)
      return "holds a secret, but others than its owner may use it (mode 0\(octal)); make it 0600"
    case .foreignOwner(let userID): return "holds a secret, but belongs to user \(userID)"
    case .exists: return "exists already"
    case .system(let code): return "system error \(code) (\(systemErrorText(code)))"
    case .malformed(let reason): return reason
    }
  }
}
