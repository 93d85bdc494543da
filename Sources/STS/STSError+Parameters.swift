public import S3Wire

extension STSError {
  /// What is wrong with the parameters of any query-protocol request.
  public init(_ error: QueryParameterError) {
    switch error {
    case .duplicateParameter: self = .duplicateParameter
    case .tooManyParameters: self = .tooManyParameters
    case .malformedList(let name): self = .malformedList(name)
    case .notAnInteger(let name): self = .notAnInteger(name)
    // No action of STS has a flag or a rule that it does not check itself.
    case .notABoolean(let name): self = .unsupportedParameter(name)
    case .refused: self = .internalFailure
    case .validation(let violations): self = .validation(violations)
    }
  }
}
