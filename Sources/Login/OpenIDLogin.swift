import Cryptography
import HTTPClient
import HTTPWire
import JSON
public import NIOCore
import S3Model

/// Gets an ID token for a person: through the browser on this machine, or by a code that is typed in on another device.
public struct OpenIDLogin: Sendable {
  public struct Client: Sendable {
    /// Registered for native applications; it needs no secret (RFC 8252 section 8.4).
    public var id: String
    public var secret: String?
    public var scopes: [String]

    public init(id: String, secret: String? = nil, scopes: [String] = ["openid", "profile", "email"]) {
      self.id = id
      self.secret = secret
      self.scopes = scopes.contains("openid") ? scopes : ["openid"] + scopes
    }
  }

  private let issuer: String
  private let client: Client
  private let certificateAuthorityFile: String?
  private let group: any EventLoopGroup
  private let metadata: JSONObject

  private static let documentBytesMax = 256 << 10

  /// Reads the provider's metadata (OpenID Connect Discovery 1.0 section 4).
  /// - Parameter issuer: https; its metadata must say the same.
  public init(
    issuer: String, client: Client, certificateAuthorityFile: String?, group: any EventLoopGroup
  ) async throws(LoginError) {
    self.issuer = issuer
    self.client = client
    self.certificateAuthorityFile = certificateAuthorityFile
    self.group = group
    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    let url = try Self.secureURL("\(base)/.well-known/openid-configuration", "issuer")
    let answer = try await Self.send(
      HTTPClientRequest(.get, url.target, fields: [(name: "Accept", value: "application/json")]), to: url,
      certificateAuthorityFile, group)
    guard answer.status == 200, let metadata = Self.object(answer) else {
      throw .unreadableProviderAnswer(status: answer.status)
    }
    guard let found = metadata["issuer"]?.string, found.utf8.elementsEqual(issuer.utf8) else {
      throw .missingEndpoint("issuer")
    }
    self.metadata = metadata
  }

  // MARK: Browser

  /// Authorization code with PKCE on a loopback redirect (RFC 8252 section 7.3).
  /// - Parameter show: opens a browser at the address or tells the person to.
  public func tokenByBrowser(
    patience: Duration = .seconds(300), show: (String) -> Void
  ) async throws(LoginError) -> String {
    let proof = try Self.proofKey()
    let receiver = try LoopbackReceiver()
    defer { receiver.close() }
    let redirect = "http://127.0.0.1:\(receiver.port)/callback"
    let endpoint = try endpoint("authorization_endpoint")
    let query = FormText.query([
      ("response_type", "code"), ("client_id", client.id), ("redirect_uri", redirect),
      ("scope", client.scopes.joined(separator: " ")), ("state", proof.state), ("nonce", proof.nonce),
      ("code_challenge", proof.challenge), ("code_challenge_method", "S256"),
    ])
    show("\(endpoint.text)\(endpoint.text.contains("?") ? "&" : "?")\(query)")
    let answer = try receiver.wait(state: proof.state, patience: patience)
    switch answer {
    case .refusal(let code, let description): throw .provider(code: code, description: description)
    case .code(let code):
      return try await token(
        [
          ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
          ("code_verifier", proof.verifier),
        ], nonce: proof.nonce
      ).get()
    }
  }

  // MARK: Device

  /// A device code (RFC 8628): the person opens an address anywhere and types a code in.
  /// - Parameter show: tells the address and the code; the third is the address with the code in it, where there is one.
  public func tokenByDevice(
    show: (_ address: String, _ code: String, _ complete: String?) -> Void
  ) async throws(LoginError) -> String {
    let endpoint = try endpoint("device_authorization_endpoint")
    let answer = try await post([("scope", client.scopes.joined(separator: " "))], to: endpoint.url)
    guard let object = Self.object(answer) else { throw .unreadableProviderAnswer(status: answer.status) }
    if let refusal = Self.refusal(object) { throw refusal }
    guard answer.status == 200, let device = object["device_code"]?.string, let code = object["user_code"]?.string,
      let address = object["verification_uri"]?.string ?? object["verification_url"]?.string
    else { throw .unreadableProviderAnswer(status: answer.status) }
    show(
      QueryRefusal.printable(address), QueryRefusal.printable(code),
      object["verification_uri_complete"]?.string.map(QueryRefusal.printable))
    var interval = max(1, min(60, object["interval"]?.integer ?? 5))
    let end = ContinuousClock.now + .seconds(max(30, min(1800, object["expires_in"]?.integer ?? 300)))
    while ContinuousClock.now < end {
      do {
        try await Task.sleep(for: .seconds(interval))
      } catch {
        throw .timedOut
      }
      let result = try await token(
        [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device)], nonce: nil)
      switch result {
      case .success(let token): return token
      case .failure(.provider("authorization_pending", _)): break
      case .failure(.provider("slow_down", _)): interval += 5
      case .failure(let error): throw error
      }
    }
    throw .timedOut
  }

  // MARK: Provider

  private func token(
    _ parameters: [(name: String, value: String)], nonce: String?
  ) async throws(LoginError) -> Result<String, LoginError> {
    let answer = try await post(parameters, to: try endpoint("token_endpoint").url)
    guard let object = Self.object(answer) else { throw .unreadableProviderAnswer(status: answer.status) }
    if let refusal = Self.refusal(object) { return .failure(refusal) }
    guard answer.status == 200, let token = object["id_token"]?.string else {
      throw .unreadableProviderAnswer(status: answer.status)
    }
    // The gateway verifies the token; that it answers this question only who asked it can tell.
    if let nonce {
      guard let found = Self.claims(token)?["nonce"]?.string, found.utf8.elementsEqual(nonce.utf8) else {
        throw .wrongState
      }
    }
    return .success(token)
  }

  private func post(_ parameters: [(name: String, value: String)], to url: HTTPURL) async throws(LoginError)
    -> HTTPClientAnswer
  {
    var parameters = parameters + [("client_id", client.id)]
    if let secret = client.secret { parameters.append(("client_secret", secret)) }
    return try await Self.send(
      HTTPClientRequest(
        .post, url.target,
        fields: [
          (name: "Content-Type", value: "application/x-www-form-urlencoded"),
          (name: "Accept", value: "application/json"),
        ], body: ByteBuffer(bytes: FormText.encode(parameters))), to: url, certificateAuthorityFile, group)
  }

  private func endpoint(_ name: String) throws(LoginError) -> (url: HTTPURL, text: String) {
    guard let text = metadata[name]?.string else { throw .missingEndpoint(name) }
    return (try Self.secureURL(text, name), text)
  }

  /// Codes and tokens travel there.
  private static func secureURL(_ text: String, _ name: String) throws(LoginError) -> HTTPURL {
    do throws(HTTPURL.Malformed) {
      let url = try HTTPURL(text)
      if url.scheme == .https { return url }
    } catch {}
    throw .missingEndpoint(name)
  }

  private static func send(
    _ request: HTTPClientRequest, to url: HTTPURL, _ certificateAuthorityFile: String?, _ group: any EventLoopGroup
  ) async throws(LoginError) -> HTTPClientAnswer {
    do throws(HTTPClientError) {
      let endpoint = try HTTPEndpoint(url, trust: .init(certificateAuthorityFile: certificateAuthorityFile))
      let requester = HTTPRequester(endpoint, group: group.any())
      defer { requester.shutDown() }
      return try await requester.answer(to: request, timeout: .seconds(30), answerBytesMax: documentBytesMax)
    } catch {
      throw .server(error)
    }
  }

  private static func object(_ answer: HTTPClientAnswer) -> JSONObject? {
    object(Array(answer.body.readableBytesView))
  }

  private static func object(_ bytes: [UInt8]) -> JSONObject? {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes).object
    } catch {
      return nil
    }
  }

  /// RFC 6749 section 5.2.
  private static func refusal(_ object: JSONObject) -> LoginError? {
    object["error"]?.string.map { code in
      .provider(
        code: QueryRefusal.printable(code),
        description: QueryRefusal.printable(object["error_description"]?.string ?? ""))
    }
  }

  private static func claims(_ token: String) -> JSONObject? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64.decode(String(parts[1]), .urlSafe) else { return nil }
    return object(payload)
  }

  private static func proofKey() throws(LoginError) -> ProofKey {
    do throws(CryptographyError) {
      return try ProofKey()
    } catch {
      throw .file(path: "random numbers", errno: 5)
    }
  }
}
