/// Why received bytes are not an HTTP/1.1 message that Martlet accepts. The connection closes after any of these:
/// what follows cannot be trusted to start a message.
public enum HTTPParseError: Error, Equatable, Sendable {
  case headTooLarge
  case tooManyFields
  /// A LF without a CR before it, or a CR without a LF after it (RFC 9112 section 2.2 allows refusing both).
  case bareLineBreak
  /// A header line that starts with white space (obs-fold, RFC 9112 section 5.2).
  case foldedField
  case malformedStartLine
  case unsupportedVersion
  /// The target is not in origin form, or has a byte that is not allowed raw in one.
  case malformedTarget
  case malformedFieldName
  case malformedFieldValue
  case malformedContentLength
  case repeatedContentLength
  case contentLengthWithTransferEncoding
  case unsupportedTransferEncoding
  /// No Host in HTTP/1.1, or more than one (RFC 9112 section 3.2).
  case missingOrRepeatedHost
  case unsupportedExpectation
  case malformedChunk
  case trailerTooLarge
}
