import Cryptography
import HTTPClient
import HTTPWire
import JSON
public import JWT
import NIOCore
import S3Model

/// A token that counts, and for how long that may be taken for granted.
public struct ExaminedToken: Sendable {
  public let claims: VerifiedClaims
  /// ``OIDCProvider/keyGeneration`` of the keys that verified it.
  public let keyGeneration: UInt64
  /// Since 1970-01-01T00:00:00Z: when it expires, or when the provider is to be asked again.
  public let validUntil: Duration
}

/// Tokens that stand for somebody while they are used: signed ones, opaque ones, and what the provider adds to them.
extension OIDCProvider {
  /// Verifies a token as ``verify(_:nonce:now:)`` does, asks the provider where the configuration says so, and merges
  /// what its userinfo endpoint knows.
  ///
  /// A text that is no JSON Web Token is opaque and only introspection can say what it is.
  /// - Parameter now: since 1970-01-01T00:00:00Z.
  public func examine(_ token: [UInt8], now: Duration) async throws(OIDCError) -> ExaminedToken {
    var generation = keyGeneration
    guard token.count <= Self.tokenBytesMax else {
      throw .token(.tokenTooLarge(bytes: token.count, bytesMax: Self.tokenBytesMax))
    }
    var claims: VerifiedClaims
    var isAsked = configuration.usesUserinfo
    if Self.isOpaque(token) {
      guard let introspection = configuration.introspection else { throw .token(.wrongPartCount(1)) }
      claims = try await introspected(token, introspection, now)
      generation = keyGeneration
      isAsked = true
    } else {
      claims = try await verify(token, now: now)
      // Keys that came meanwhile, the first ones too, are those that it was verified with, or are asked again.
      while generation != keyGeneration {
        generation = keyGeneration
        claims = try await verify(token, now: now)
      }
      if let introspection = configuration.introspection, introspection.isForAll {
        let told = try await answer(.introspection(introspection), token)
        try Self.check(told, isAbout: claims)
        isAsked = true
      }
    }
    if configuration.usesUserinfo {
      let told = try await answer(.userinfo, token)
      claims = try merged(claims, told, now)
    }
    let until = isAsked ? min(claims.expires, now + configuration.answerAgeMax) : claims.expires
    return ExaminedToken(claims: claims, keyGeneration: generation, validUntil: until)
  }

  private static let tokenBytesMax = 16 << 10

  /// Whether a text cannot be a compact JWS: three parts, no more and no fewer.
  public static func isOpaque(_ token: [UInt8]) -> Bool {
    token.count { $0 == UInt8(ascii: ".") } != 2
  }

  private enum Question {
    case introspection(OIDCProviderConfiguration.Introspection)
    case userinfo
  }

  private func answer(_ question: Question, _ token: [UInt8]) async throws(OIDCError) -> JSONObject {
    let kind: TokenAnswers.Kind =
      switch question {
      case .introspection: .introspection
      case .userinfo: .userinfo
      }
    let answer = await answers.answer(TokenAnswers.Key(kind: kind, token: SHA256Hasher.hash(token))) {
      do throws(OIDCError) {
        switch question {
        case .introspection(let introspection): return .success(try await self.introspect(token, introspection))
        case .userinfo: return .success(try await self.userinfo(token))
        }
      } catch {
        return .failure(error)
      }
    }
    return try answer.get()
  }

  // MARK: Introspection

  /// RFC 7662 section 2.2: what an answer leaves out is the issuer that was asked, and the client it was given to.
  private func introspected(
    _ token: [UInt8], _ introspection: OIDCProviderConfiguration.Introspection, _ now: Duration
  ) async throws(OIDCError) -> VerifiedClaims {
    var object = try await answer(.introspection(introspection), token)
    if object["iss"] == nil { object["iss"] = .string(configuration.issuer) }
    if object["aud"] == nil, let client = object["client_id"]?.string { object["aud"] = .string(client) }
    if object["exp"] == nil {
      object["exp"] = .integer((now + .seconds(60)).components.seconds)
    }
    do throws(JWTError) {
      return try VerifiedClaims(answered: object, keeping: rules(), now: now)
    } catch {
      throw .token(error)
    }
  }

  private static func check(_ told: JSONObject, isAbout claims: VerifiedClaims) throws(OIDCError) {
    if let subject = told["sub"] {
      guard let text = subject.string, let own = claims.subject, text.utf8.elementsEqual(own.utf8) else {
        throw .otherSubject
      }
    }
    if let issuer = told["iss"] {
      guard let text = issuer.string, text.utf8.elementsEqual(claims.issuer.utf8) else { throw .otherSubject }
    }
  }

  private func introspect(
    _ token: [UInt8], _ introspection: OIDCProviderConfiguration.Introspection
  ) async throws(OIDCError) -> JSONObject {
    let url = try await endpoint(introspection.url, \.introspectionURL, "introspection_endpoint")
    guard let bytes = fetcher.readFile(introspection.secretFile) else {
      throw .provider(.file(path: introspection.secretFile))
    }
    var secret = bytes[...]
    if secret.last == 0x0A { secret.removeLast() }
    if secret.last == 0x0D { secret.removeLast() }
    var fields = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
    var form = "token=\(Self.formEncoded(token[...]))&token_type_hint=access_token"
    let (client, password) = (Self.formEncoded(Array(introspection.clientID.utf8)[...]), Self.formEncoded(secret))
    switch introspection.authentication {
    // Encoded before they are joined: RFC 6749 section 2.3.1.
    case .basic:
      fields.append((name: "Authorization", value: "Basic \(Base64.encode(Array("\(client):\(password)".utf8)))"))
    case .post: form += "&client_id=\(client)&client_secret=\(password)"
    }
    let object = try await object(
      HTTPClientRequest(.post, url.target, fields: fields, body: ByteBuffer(string: form)), at: url)
    guard case .bool(let isActive) = object["active"] else { throw .provider(.malformedAnswer) }
    guard isActive else { throw .inactive }
    return object
  }

  private static func formEncoded(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        text += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return text
  }

  // MARK: Userinfo

  private func userinfo(_ token: [UInt8]) async throws(OIDCError) -> JSONObject {
    let url = try await endpoint(nil, \.userinfoURL, "userinfo_endpoint")
    guard token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .inactive }
    let fields = [(name: "Authorization", value: "Bearer \(String(decoding: token, as: UTF8.self))")]
    do throws(OIDCError) {
      return try await object(HTTPClientRequest(.get, url.target, fields: fields), at: url)
    } catch .provider(.status(let status)) where status == 401 || status == 403 {
      // RFC 6750 section 3.1: the token is to blame.
      throw .inactive
    }
  }

  /// Adds what the token does not say itself. Whoever the answer is about must be whom the token is about.
  /// Source: OpenID Connect Core section 5.3.2.
  private func merged(_ claims: VerifiedClaims, _ told: JSONObject, _ now: Duration) throws(OIDCError) -> VerifiedClaims
  {
    guard let subject = told["sub"]?.string, let own = claims.subject, subject.utf8.elementsEqual(own.utf8) else {
      throw .otherSubject
    }
    var object = claims.object
    for member in told.members where object[member.name] == nil && !Self.protocolClaims.contains(member.name) {
      object[member.name] = member.value
    }
    do throws(JWTError) {
      return try VerifiedClaims(answered: object, keeping: rules(), now: now)
    } catch {
      throw .token(error)
    }
  }

  /// About the token, not about the person: only the token says these. A second factor was used for this token or not.
  private static let protocolClaims: Set<String> = [
    "iss", "aud", "azp", "exp", "nbf", "iat", "jti", "nonce", "client_id", "scope", "acr", "amr", "auth_time", "cnf",
    "act", "active", "https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity",
  ]

  // MARK: Questions

  private func endpoint(
    _ given: String?, _ discovered: KeyPath<DiscoveryDocument, HTTPURL?>, _ name: String
  ) async throws(OIDCError) -> HTTPURL {
    if let given {
      do throws(ProviderFault) { return try Self.url(given) } catch { throw .provider(.badEndpoint(name)) }
    }
    guard let url = try await self.discovered()?[keyPath: discovered] else { throw .provider(.badEndpoint(name)) }
    return url
  }

  private func object(_ request: HTTPClientRequest, at url: HTTPURL) async throws(OIDCError) -> JSONObject {
    let bytes: [UInt8]
    do throws(ProviderFault) {
      bytes = try await fetcher.document(request, at: url)
    } catch {
      throw .provider(error)
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .provider(.malformedAnswer)
    }
    guard let object = value.object else { throw .provider(.malformedAnswer) }
    return object
  }
}
