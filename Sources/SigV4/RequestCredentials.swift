public import HTTPWire
import S3Model

/// How a request proposes to be identified.
public enum RequestCredentials: Sendable {
  /// No authentication at all. Such requests may carry `x-amz-*` headers and aws-chunked bodies.
  case anonymous
  case signature(SignatureClaim)
  /// `Authorization: Bearer …`: not a signature; the gateway decides whether it takes such tokens.
  case bearer
  /// `Authorization: Negotiate …` (RFC 4559).
  case negotiate

  /// Finds and parses the credentials of a request. Nothing is verified.
  public static func read(_ head: RequestHead) throws(SigV4Error) -> RequestCredentials {
    let query = try PresignedQuery.scan(head)
    guard head.fields.contains(.authorization) else {
      if query.isVersion2 { throw .signatureVersion2 }
      guard query.isPresent else { return .anonymous }
      return .signature(try PresignedQuery.claim(query, head))
    }
    guard !query.isPresent, !query.isVersion2 else { throw .severalMechanisms }
    guard head.fields.count(.authorization) == 1, let value = head.fields.first(.authorization) else {
      throw .repeatedHeader("authorization")
    }
    let fields = head.fields
    let scheme = scheme(fields, value)
    switch scheme {
    case .signature(let algorithm, let length):
      let rest = ByteRange(Int(value.start) + length, Int(value.end))
      return .signature(try AuthorizationHeader.claim(rest, algorithm, head))
    case .bearer, .negotiate:
      // Headers are hoisted into a query to be signed there, a session token above all.
      guard query.parameters.isEmpty else { throw .severalMechanisms }
      if case .bearer = scheme { return .bearer }
      return .negotiate
    case .version2: throw .signatureVersion2
    case .unknown: throw .unsupportedScheme
    }
  }

  private enum Scheme {
    case signature(SignatureAlgorithm, length: Int)
    case bearer, negotiate, version2, unknown
  }

  private static func scheme(_ fields: HeaderFields, _ value: ByteRange) -> Scheme {
    var end = Int(value.start)
    while end < Int(value.end), fields.bytes[end] != 0x20 { end += 1 }
    let name = ByteRange(Int(value.start), end)
    for algorithm in [SignatureAlgorithm.hmacSHA256, .ecdsaP256SHA256] where fields.equals(name, algorithm.name) {
      return .signature(algorithm, length: name.count)
    }
    if fields.equalsIgnoringCase(name, "bearer") { return .bearer }
    if fields.equalsIgnoringCase(name, "negotiate") { return .negotiate }
    if fields.equals(name, "AWS") { return .version2 }
    return .unknown
  }
}
