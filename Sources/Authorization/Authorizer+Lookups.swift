public import S3Model

extension Authorizer {
  /// The gateway's own read of a bucket's CORS rules, which tell it what to answer to browsers. Nil for other operations.
  ///
  /// Its answer must go into CORS decisions only, never to the client.
  public static func authorizeCORSLookup(_ request: S3Request) -> AuthorizedRequest? {
    request.operation == .getBucketCors ? AuthorizedRequest(request) : nil
  }
}
