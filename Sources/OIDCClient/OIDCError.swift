public import HTTPClient
public import JWT

/// Why a provider's word is not taken. No case holds a token.
public enum OIDCError: Error, Equatable, Sendable {
  /// The token itself; the provider was, or need not be, asked.
  case token(JWTError)
  /// Introspection: the provider says that the token does not count (RFC 7662 section 2.2), or userinfo refuses it.
  case inactive
  /// What introspection or userinfo says is about somebody else than the token.
  case otherSubject
  /// Without the provider's keys, or its answer, nothing can be said about a token.
  case provider(ProviderFault)
}

/// Why keys could not be had. For the log.
public enum ProviderFault: Error, Equatable, Sendable {
  case http(HTTPClientError)
  /// Anything but 200; a redirect is not followed.
  case status(UInt16)
  /// Discovery: no JSON object.
  case malformedDocument
  /// Discovery: `issuer` is another than the one that was asked for (OpenID Connect Discovery section 4.3).
  case otherIssuer
  /// The member is missing, or no https URL.
  case badEndpoint(String)
  case keys(JWTError)
  case file(path: String)
  /// No fetch has succeeded yet, and the next attempt is not due.
  case notYet
  /// Introspection or userinfo: no JSON object, or a member of another type than the standard's.
  case malformedAnswer
  /// As many questions about tokens are under way as there may be.
  case tooManyQuestions
}

extension OIDCError {
  /// Whether the token is genuine but its time is over: clients get a new one then.
  public var isExpired: Bool { self == .token(.expired) }
}

extension ProviderFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .http(let error): "\(error)"
    case .status(let status): "status \(status)"
    case .malformedDocument: "the discovery document is no JSON object"
    case .otherIssuer: "the discovery document is another issuer's"
    case .badEndpoint(let member): "`\(member)` in the discovery document is missing or no https URL"
    case .keys(let error): "the key set: \(error)"
    case .file(let path): "`\(path)` cannot be read"
    case .notYet: "no keys yet"
    case .malformedAnswer: "an answer about a token is malformed"
    case .tooManyQuestions: "too many questions about tokens are under way"
    }
  }
}
