public import S3Model

/// Proof that policy allowed a request: only this module makes one, and a backend takes nothing else.
public struct AuthorizedRequest: Sendable {
  /// The request as it was decided about. Its accesses are those that are allowed.
  public let request: S3Request

  init(_ request: S3Request) {
    self.request = request
  }

  /// For tests of backends, which decide nothing: `@_spi(Testing) import Authorization`.
  @_spi(Testing)
  public init(undecided request: S3Request) {
    self.request = request
  }
}

extension AuthorizedRequest {
  /// A request that this one is carried out by, such as the read of a copy that is streamed through the gateway.
  ///
  /// Nil unless every access of it is among those allowed, and there is one.
  public func deriving(_ part: S3Request) -> AuthorizedRequest? {
    guard !part.accesses.isEmpty, part.accesses.allSatisfy(request.accesses.contains) else { return nil }
    return AuthorizedRequest(part)
  }
}
