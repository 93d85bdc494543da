public import Authorization
public import HTTPClient
import HTTPWire
import NIOCore
import Rego
import S3Model

/// A policy server that is asked instead of the embedded engine: OPA, or what speaks its REST API.
public final class PolicyServer: Sendable {
  /// Made by the program from settings; a reload that changes nothing hands in the same one again.
  public final class Configuration: Sendable {
    let endpoint: HTTPEndpoint
    let target: String
    let fields: [(name: String, value: String)]
    let timeout: Duration
    let connectionsMax: Int
    let readsObjectTags: Bool
    let mode: RegoMode
    let shape: RegoInputShape

    /// - Parameters:
    ///   - target: such as `/v1/data/martlet/authz`.
    ///   - token: sent as a bearer token.
    ///   - connectionsMax: per event loop.
    /// - Throws: `HTTPClientError` when the target or the token cannot be sent.
    public init(
      endpoint: HTTPEndpoint, target: String, token: String?, timeout: Duration, connectionsMax: Int,
      readsObjectTags: Bool, mode: RegoMode, shape: RegoInputShape
    ) throws(HTTPClientError) {
      self.endpoint = endpoint
      self.target = target
      fields =
        [("Content-Type", "application/json"), ("Accept", "application/json")]
        + (token.map { [("Authorization", "Bearer \($0)")] } ?? [])
      self.timeout = timeout
      self.connectionsMax = connectionsMax
      self.readsObjectTags = readsObjectTags
      self.mode = mode
      self.shape = shape
      try HTTPRequester.validate(target: target, fields: fields)
    }
  }

  let configuration: Configuration
  let authority: ExternalAuthority
  private let requester: HTTPRequester

  /// Far above any decision; what is longer is none.
  private static let answerBytesMax = 262_144

  init(_ configuration: Configuration, group: any EventLoopGroup) {
    self.configuration = configuration
    authority = ExternalAuthority(
      mode: configuration.mode, shape: configuration.shape, readsObjectTags: configuration.readsObjectTags)
    var limits = HTTPClientLimits()
    limits.connectTimeout = min(configuration.timeout, .seconds(5))
    limits.connectionsMax = configuration.connectionsMax
    requester = HTTPRequester(configuration.endpoint, limits: limits, group: group)
  }

  var target: String { configuration.target }

  /// - Returns: the future fails with `HTTPClientError` only.
  func ask(
    _ question: ExternalQuestion, on eventLoop: any EventLoop
  ) -> (answer: EventLoopFuture<HTTPClientAnswer>, call: HTTPCall) {
    var body = ByteBuffer(staticString: "{\"input\":")
    body.writeBytes(question.input.jsonBytes)
    body.writeStaticString("}")
    let request = HTTPClientRequest(
      .post, configuration.target, fields: configuration.fields, body: body, isRepeatable: true)
    return requester.start(
      request, on: eventLoop, timeout: configuration.timeout, answerBytesMax: Self.answerBytesMax)
  }
}
