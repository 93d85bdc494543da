/// The AWS service a request is for: the one in the credential scope or, unsigned, that of the query protocol.
enum Service: UInt8, Sendable {
  case s3, sts, iam
}
