/// A mistake in a module or a query, with OPA's code. Errors of one compilation are reported together.
public struct RegoError: Error, Sendable, Equatable {
  /// Source: OPA v1/ast/errors.go.
  public enum Code: String, Sendable {
    case parse = "rego_parse_error"
    case compile = "rego_compile_error"
    case type = "rego_type_error"
    case unsafeVariable = "rego_unsafe_var_error"
    case recursion = "rego_recursion_error"
  }

  public var code: Code
  /// OPA's words where OPA has them.
  public var message: String
  public var location: SourceLocation
  /// Further lines, such as the excerpt's hint or the candidates of a type error.
  public var details: [String]

  public init(_ code: Code, _ message: String, _ location: SourceLocation, details: [String] = []) {
    self.code = code
    self.message = message
    self.location = location
    self.details = details
  }
}

/// All errors of one compilation, in order of file and place; never empty.
public struct RegoErrors: Error, Sendable {
  public var errors: [RegoError]
  public init(_ errors: [RegoError]) { self.errors = errors }
}
