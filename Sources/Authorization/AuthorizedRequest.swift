public import S3Model

/// Proof that policy allowed a request: only this module makes one, and a backend takes nothing else.
public struct AuthorizedRequest: Sendable {
  /// The request as it was decided about.
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
