/// What is wrong with a rule.
public enum KerberosNameError: Error, Hashable, Sendable {
  /// Neither `DEFAULT` nor `RULE:[n:format](pattern)s/pattern/text/`.
  case malformedRule
  case malformedPattern(reason: String)
  case ruleTooLong(bytesMax: Int)
}
