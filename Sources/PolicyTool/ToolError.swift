public import Bundles
public import Rego

/// Why a policy command gives no answer.
public enum ToolError: Error, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// A flag that makes no sense, in words.
  case usage(String)
  /// The input document.
  case input(path: String, reason: String)
  case bundle(BundleError)
  /// A query or a module by itself, with what the locations count.
  case rego(RegoErrors, sources: [Source])
  case evaluation(EvaluationError, sources: [Source])
}

extension ToolError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason), .unwritable(let path, let reason): "\(path): \(reason)"
    case .usage(let reason): reason
    case .input(let path, let reason): "\(path): \(reason)"
    case .bundle(let error): "\(error)"
    case .rego(let errors, let sources): errors.render(sources: sources)
    case .evaluation(let error, let sources): Self.line(error, sources)
    }
  }

  private static func line(_ error: EvaluationError, _ sources: [Source]) -> String {
    let file = Int(error.location.file)
    guard sources.indices.contains(file), error.location.row > 0 else {
      return "\(error.code.rawValue): \(error.message)"
    }
    let name = sources[file].name
    let place =
      name.isEmpty ? "\(error.location.row):\(error.location.column)" : "\(name):\(error.location.row)"
    return "\(place): \(error.code.rawValue): \(error.message)"
  }
}

extension ToolError {
  /// As OPA lists errors in JSON: message, code and place, one each.
  public var document: OutputDocument {
    switch self {
    case .rego(let errors, let sources), .bundle(.modules(let errors, let sources)):
      .array(errors.errors.map { Self.document($0.message, $0.code.rawValue, $0.location, sources) })
    case .evaluation(let error, let sources):
      .array([Self.document(error.message, error.code.rawValue, error.location, sources)])
    case .bundle(.unsupported(let calls)):
      .array(calls.map { .object([("message", .text($0)), ("code", .text(RegoError.Code.compile.rawValue))]) })
    default: .array([.object([("message", .text(description))])])
    }
  }

  private static func document(
    _ message: String, _ code: String, _ location: SourceLocation, _ sources: [Source]
  ) -> OutputDocument {
    var members: [(String, OutputDocument)] = [("message", .text(message)), ("code", .text(code))]
    if location.row > 0 {
      let file = Int(location.file)
      members.append(
        ("location", .location(location, file: sources.indices.contains(file) ? sources[file].name : "")))
    }
    return .object(members)
  }
}
