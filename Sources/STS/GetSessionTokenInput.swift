import S3Wire

/// GetSessionToken's parameters, checked.
public struct GetSessionTokenInput: Sendable {
  /// In seconds; nil when the request names none, which means 43200.
  public var durationSeconds: Int?
  public var secondFactor: SecondFactorInput?

  init(_ checker: inout ParameterChecker) {
    durationSeconds = checker.seconds("DurationSeconds", 900...129_600)
    secondFactor = SecondFactorInput(&checker)
  }
}
