public import JSON

/// Why a policy document is refused; a gateway answers `MalformedPolicyDocument`.
public enum PolicyError: Error, Equatable, Sendable {
  case notJSON(JSONError)
  case tooLarge(bytes: Int, bytesMax: Int)
  /// - Parameter path: where in the document, such as `Statement[1].Condition.StringEquals`; empty at the top.
  case invalid(path: String, PolicyFault)
}

/// What is wrong at one place of a document.
public enum PolicyFault: Equatable, Sendable {
  case wrongType(JSONValue.Kind)
  case unknownElement
  case missingElement(String)
  /// Both an element and its negation.
  case conflictingElements(String, String)
  /// An element that this kind of policy must not have.
  case elementNotAllowed
  case unsupportedVersion
  case unknownEffect
  case badSid
  case duplicateSid
  case noStatement
  case tooManyStatements(max: Int)
  case emptyList
  case badAction
  case unknownAction
  case actionWithoutResource
  case badResource
  case resourceOfAnotherBucket
  case badPrincipal
  case unknownPrincipalType
  case unknownOperator
  case badConditionKey
  case badValue
  case badVariable
}

extension PolicyError: CustomStringConvertible {
  /// For operators: where and why, in lower case, values in backticks.
  public var description: String {
    switch self {
    case .notJSON(.malformed(let fault, let position)):
      "not valid JSON at line \(position.line), column \(position.column): \(fault.rawValue)"
    case .notJSON(.tooLarge(let bytes, let bytesMax)), .tooLarge(let bytes, let bytesMax):
      "\(bytes) bytes are more than the \(bytesMax) allowed"
    case .notJSON(.tooDeep(let depthMax)): "nested deeper than \(depthMax) levels"
    case .invalid(let path, let fault): path.isEmpty ? "\(fault)" : "`\(path)`: \(fault)"
    }
  }
}

extension PolicyFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongType(let kind): "must not be of type \(kind.rawValue)"
    case .unknownElement: "unknown element"
    case .missingElement(let name): "`\(name)` is missing"
    case .conflictingElements(let first, let second): "`\(first)` and `\(second)` exclude each other"
    case .elementNotAllowed: "not allowed in this kind of policy"
    case .unsupportedVersion: "must be `2012-10-17` or `2008-10-17`"
    case .unknownEffect: "must be `Allow` or `Deny`"
    case .badSid: "holds characters that are not allowed"
    case .duplicateSid: "is used by another statement"
    case .noStatement: "must hold a statement"
    case .tooManyStatements(let max): "holds more than \(max) statements"
    case .emptyList: "must not be empty"
    case .badAction: "must be `*` or have the form `service:action`"
    case .unknownAction: "is no action of the service"
    case .actionWithoutResource: "applies to none of the statement's resources"
    case .badResource: "must be `*` or an ARN"
    case .resourceOfAnotherBucket: "is not the bucket of the policy or in it"
    case .badPrincipal: "is no principal of its type"
    case .unknownPrincipalType: "unknown type of principal"
    case .unknownOperator: "unknown condition operator"
    case .badConditionKey: "must have the form `vendor:key`"
    case .badValue: "is no value for this operator"
    case .badVariable: "malformed policy variable"
    }
  }
}
