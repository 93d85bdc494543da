import HTTPWire
import S3Model

/// The Authorization header: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
enum AuthorizationHeader {
  private struct Components {
    var credential: UnsafeBufferPointer<UInt8>?
    var signedHeaders: UnsafeBufferPointer<UInt8>?
    var signature: UnsafeBufferPointer<UInt8>?
  }

  /// - Parameter rest: the header's value behind the algorithm's name.
  static func claim(
    _ rest: ByteRange, _ algorithm: SignatureAlgorithm, _ head: RequestHead
  ) throws(SigV4Error) -> SignatureClaim {
    let common = try HeaderClaims.read(head)
    guard let date = common.date else { throw .malformedDate(.header) }
    let result = head.fields.withBytes(rest) { text -> Result<SignatureClaim, SigV4Error> in
      components(text).flatMap { components in
        guard let credential = components.credential else { return .failure(.malformedAuthorization(.credential)) }
        guard let signedHeaders = components.signedHeaders, !signedHeaders.isEmpty else {
          return .failure(.malformedAuthorization(.signedHeaders))
        }
        guard let signature = components.signature, !signature.isEmpty else {
          return .failure(.malformedAuthorization(.signature))
        }
        return CredentialScope.parse(credential: credential, algorithm, .header).map { parsed in
          SignatureClaim(
            placement: .header, algorithm: algorithm, accessKeyID: parsed.accessKeyID, scope: parsed.scope, date: date,
            lifetimeSeconds: 0, sessionToken: common.sessionToken, payload: common.payload, hoisted: [],
            parameters: [], regionSet: common.regionSet, signedHeaders: Array(signedHeaders),
            signature: ClaimedSignature(signature, algorithm))
        }
      }
    }
    return try result.get()
  }

  /// Components in any order, separated by a comma and optional spaces, as AWS takes them.
  private static func components(_ text: UnsafeBufferPointer<UInt8>) -> Result<Components, SigV4Error> {
    var components = Components()
    var index = 0
    while true {
      while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
      if index == text.count { return .success(components) }
      let start = index
      index = text.firstIndex(of: 0x2C, from: index)
      var end = index
      while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
      index = min(index + 1, text.count)
      let component = text[bytes: start..<end]
      if let failure = assign(component, &components) { return .failure(failure) }
    }
  }

  private static func assign(
    _ component: UnsafeBufferPointer<UInt8>, _ components: inout Components
  ) -> SigV4Error? {
    func value(_ prefix: StaticString) -> UnsafeBufferPointer<UInt8> {
      component[bytes: prefix.utf8CodeUnitCount..<component.count]
    }
    if component.hasPrefix("Credential=") {
      guard components.credential == nil else { return .malformedAuthorization(.credential) }
      components.credential = value("Credential=")
    } else if component.hasPrefix("SignedHeaders=") {
      guard components.signedHeaders == nil else { return .malformedAuthorization(.signedHeaders) }
      components.signedHeaders = value("SignedHeaders=")
    } else if component.hasPrefix("Signature=") {
      guard components.signature == nil else { return .malformedAuthorization(.signature) }
      components.signature = value("Signature=")
    } else {
      return .malformedAuthorization(.other)
    }
    return nil
  }
}

/// The headers that signatures are about, each at most once.
struct HeaderClaims {
  var date: SigningDate?
  var sessionToken: ByteString?
  var regionSet: ByteString?
  var payload = PayloadClaim.absent

  static func read(_ head: RequestHead) throws(SigV4Error) -> HeaderClaims {
    let fields = head.fields
    for name in [FieldName.xAmzDate, .xAmzSecurityToken, .xAmzContentSha256, .xAmzRegionSet, .xAmzDecodedContentLength]
    where fields.count(name) > 1 {
      throw .repeatedHeader(ByteString("\(name.name)"))
    }
    var claims = HeaderClaims()
    if let value = fields.first(.xAmzDate) {
      claims.date = fields.withBytes(value) { SigningDate(basic: $0) }
    } else if let value = fields.first(.date), fields.count(.date) == 1 {
      claims.date = fields.withBytes(value) { SigningDate(imfFixdate: $0) ?? SigningDate(basic: $0) }
    }
    claims.sessionToken = fields.first(.xAmzSecurityToken).map { fields.withBytes($0) { ByteString(Array($0)) } }
    claims.regionSet = fields.first(.xAmzRegionSet).map { fields.withBytes($0) { ByteString(Array($0)) } }
    claims.payload = fields.first(.xAmzContentSha256).map { fields.withBytes($0) { PayloadClaim($0) } } ?? .absent
    return claims
  }
}
