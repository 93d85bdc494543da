import JSON

/// A token whose signature was verified. Only ``TokenVerifier`` makes one.
public struct VerifiedToken: Sendable {
  public let header: JOSEHeader
  public let payload: [UInt8]
  public let algorithm: JWSAlgorithm
  /// The key that verified it.
  public let key: JSONWebKey
  private let limits: TokenLimits

  init(_ token: CompactJWS, key: JSONWebKey, algorithm: JWSAlgorithm) {
    header = token.header
    payload = token.payload
    limits = token.limits
    self.algorithm = algorithm
    self.key = key
  }

  /// The claims, once they keep the rules.
  /// - Parameter now: since 1970-01-01T00:00:00Z.
  public func claims(keeping rules: ClaimsRules, now: Duration) throws(JWTError) -> VerifiedClaims {
    if let types = rules.types {
      guard let type = header.type, types.contains(where: { MediaType.areEqual($0, type) }) else {
        throw .wrongTokenType
      }
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: payload, limits: JSONLimits(bytesMax: payload.count, depthMax: limits.depthMax))
    } catch {
      throw .malformedJSON(.payload, error)
    }
    guard let object = value.object else { throw .notAnObject(.payload) }
    return try VerifiedClaims(object, keeping: rules, now: now)
  }
}

/// `typ` values (RFC 7515 section 4.1.9): media types without regard to case, `application/` may be left out.
enum MediaType {
  static func areEqual(_ left: String, _ right: String) -> Bool { essence(left).elementsEqual(essence(right)) }

  private static func essence(_ text: String) -> [UInt8] {
    let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let prefix = Array("application/".utf8)
    let rest = Array(lower.dropFirst(prefix.count))
    return lower.starts(with: prefix) && !rest.contains(UInt8(ascii: "/")) ? rest : lower
  }
}
