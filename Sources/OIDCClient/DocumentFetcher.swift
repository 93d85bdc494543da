import HTTPClient
import HTTPWire
import NIOCore
import S3Model

/// Fetches documents of one provider: from the issuer and from the endpoints that its discovery names, nowhere else.
struct DocumentFetcher: Sendable {
  let configuration: OIDCProviderConfiguration
  let group: any EventLoopGroup
  let readFile: @Sendable (String) -> [UInt8]?

  /// Link-local addresses are where clouds keep their own credentials; a name that resolves to one is refused.
  static let refused = ["169.254.0.0/16", "fe80::/10", "::ffff:169.254.0.0/112"].compactMap { IPNetwork($0) }

  /// Metadata and keys.
  func get(_ url: HTTPURL) async throws(ProviderFault) -> [UInt8] {
    var fields: [(name: String, value: String)] = []
    if let file = configuration.bearerTokenFile {
      guard let bytes = readFile(file) else { throw .file(path: file) }
      let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
      fields.append((name: "Authorization", value: "Bearer \(token)"))
    }
    return try await document(HTTPClientRequest(.get, url.target, fields: fields), at: url)
  }

  /// Sends one request on a connection of its own; anything but 200 is a fault.
  func document(_ request: HTTPClientRequest, at url: HTTPURL) async throws(ProviderFault) -> [UInt8] {
    var request = request
    request.fields.append((name: "Accept", value: "application/json"))
    let answer: HTTPClientAnswer
    do throws(HTTPClientError) {
      let endpoint = try HTTPEndpoint(
        url, trust: .init(certificateAuthorityFile: configuration.certificateAuthorityFile))
      var limits = HTTPClientLimits()
      limits.connectionsMax = 1
      limits.addressFilter = { address in !Self.refused.contains { $0.contains(address) } }
      // Fetches are rare: a connection is not worth keeping.
      let requester = HTTPRequester(endpoint, limits: limits, group: group.any())
      defer { requester.shutDown() }
      answer = try await requester.answer(
        to: request, timeout: configuration.timeout, answerBytesMax: OIDCProviderConfiguration.documentBytesMax)
    } catch {
      throw .http(error)
    }
    guard answer.status == 200 else { throw .status(answer.status) }
    return Array(answer.body.readableBytesView)
  }
}
