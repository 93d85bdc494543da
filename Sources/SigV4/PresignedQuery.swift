import HTTPWire
import S3Model

/// Authentication by query: presigned URLs.
///
/// Parameter names are compared without regard to case, because hoisted headers come in any: whatever could be taken for
/// an authentication parameter is one, and a second spelling is a repetition.
enum PresignedQuery {
  /// What a query says, decoded; values still unchecked.
  struct Contents {
    /// Any parameter of SigV4 query authentication occurs.
    var isPresent = false
    /// `AWSAccessKeyId`, of signature version 2, occurs.
    var isVersion2 = false
    /// Every `x-amz-*` parameter, in query order.
    var parameters: [HoistedHeader] = []
  }

  static func scan(_ head: RequestHead) throws(SigV4Error) -> Contents {
    guard let query = head.query, !query.isEmpty else { return Contents() }
    let contents = head.fields.withBytes(query) { query -> Contents? in
      var contents = Contents()
      var pieces = QueryPieces(query)
      while let piece = pieces.next() {
        guard let first = query[bytes: piece.name].first else { continue }
        switch first {
        case 0x78, 0x58, 0x25:  // x, X, or an encoded first letter
          guard append(query, piece, to: &contents) else { return nil }
        case 0x41:
          if query[bytes: piece.name].equals("AWSAccessKeyId") { contents.isVersion2 = true }
        default: break
        }
      }
      return contents
    }
    guard let contents else { throw .malformedQuery }
    return contents
  }

  /// False when the piece does not decode.
  private static func append(
    _ query: UnsafeBufferPointer<UInt8>, _ piece: QueryPieces.Piece, to contents: inout Contents
  ) -> Bool {
    var name: [UInt8] = []
    guard PercentCoding.appendDecoded(query[bytes: piece.name], plusIsSpace: true, to: &name) else { return false }
    for index in name.indices { name[index] = ASCII.lowercased(name[index]) }
    guard name.starts(with: Array("x-amz-".utf8)) else { return true }
    var value: [UInt8] = []
    guard PercentCoding.appendDecoded(query[bytes: piece.value], plusIsSpace: true, to: &value) else { return false }
    let id = name.withUnsafeBufferPointer { FieldName(ignoringCase: $0) }
    contents.parameters.append(HoistedHeader(id: id, name: ByteString(name), value: ByteString(value)))
    if let parameter = QueryParameter(name), parameter != .securityToken, parameter != .regionSet {
      contents.isPresent = true
    }
    return true
  }

  static func claim(_ contents: Contents, _ head: RequestHead) throws(SigV4Error) -> SignatureClaim {
    func value(_ parameter: QueryParameter) throws(SigV4Error) -> ByteString {
      guard let value = try optionalValue(parameter, contents) else { throw .missingOrRepeatedParameter(parameter) }
      return value
    }
    let algorithm = try self.algorithm(value(.algorithm))
    let credential = try value(.credential)
    let parsed = try credential.bytes.withUnsafeBufferPointer {
      CredentialScope.parse(credential: $0, algorithm, .query)
    }.get()
    guard let date = try value(.date).bytes.withUnsafeBufferPointer({ SigningDate(basic: $0) }) else {
      throw .malformedDate(.query)
    }
    let lifetimeSeconds = try self.lifetimeSeconds(value(.expires))
    let signedHeaders = try value(.signedHeaders)
    let signature = try value(.signature)
    guard !signedHeaders.isEmpty else { throw .missingOrRepeatedParameter(.signedHeaders) }
    guard !signature.isEmpty else { throw .missingOrRepeatedParameter(.signature) }
    let headers = try HeaderClaims.read(head)
    let hoisted = contents.parameters.filter { isHoisted($0) }
    try refuseRepeats(hoisted)
    let hoistedPayload = hoisted.first { $0.id == .xAmzContentSha256 }.map { header in
      header.value.bytes.withUnsafeBufferPointer { PayloadClaim($0) }
    }
    return SignatureClaim(
      placement: .query, algorithm: algorithm, accessKeyID: parsed.accessKeyID, scope: parsed.scope, date: date,
      lifetimeSeconds: lifetimeSeconds,
      sessionToken: try optionalValue(.securityToken, contents) ?? headers.sessionToken,
      payload: hoistedPayload ?? headers.payload, hoisted: hoisted, parameters: contents.parameters,
      regionSet: try optionalValue(.regionSet, contents) ?? headers.regionSet, signedHeaders: signedHeaders.bytes,
      signature: signature.bytes.withUnsafeBufferPointer { ClaimedSignature($0, algorithm) })
  }

  private static func optionalValue(
    _ parameter: QueryParameter, _ contents: Contents
  ) throws(SigV4Error) -> ByteString? {
    var value: ByteString?
    for candidate in contents.parameters where candidate.name.bytes.elementsEqual(parameter.lowercasedName) {
      guard value == nil else { throw .missingOrRepeatedParameter(parameter) }
      value = candidate.value
    }
    return value
  }

  private static func algorithm(_ value: ByteString) throws(SigV4Error) -> SignatureAlgorithm {
    if value == "AWS4-HMAC-SHA256" { return .hmacSHA256 }
    if value == "AWS4-ECDSA-P256-SHA256" { return .ecdsaP256SHA256 }
    throw .unsupportedAlgorithm
  }

  private static func lifetimeSeconds(_ value: ByteString) throws(SigV4Error) -> Int64 {
    guard !value.isEmpty, value.bytes.allSatisfy(ASCII.isDigit) else { throw .malformedExpires }
    var seconds: Int64 = 0
    for digit in value.bytes {
      seconds = seconds * 10 + Int64(digit - 0x30)
      guard seconds <= SignatureVerifier.lifetimeSecondsMax else { throw .expiresOutOfRange }
    }
    guard seconds > 0 else { throw .expiresOutOfRange }
    return seconds
  }

  /// Known headers and metadata; other `x-amz-…` parameters are signed and ignored.
  private static func isHoisted(_ parameter: HoistedHeader) -> Bool {
    guard QueryParameter(parameter.name.bytes) == nil else { return false }
    return parameter.id != .other || parameter.name.bytes.starts(with: Array("x-amz-meta-".utf8))
  }

  /// A header given twice in the query would have two values, one of which every reader picks for itself.
  private static func refuseRepeats(_ hoisted: [HoistedHeader]) throws(SigV4Error) {
    guard hoisted.count > 1 else { return }
    var seen: Set<ByteString> = []
    for header in hoisted {
      guard seen.insert(header.name).inserted else { throw .repeatedHeader(header.name) }
    }
  }
}

extension QueryParameter {
  var lowercasedName: [UInt8] {
    switch self {
    case .algorithm: Array("x-amz-algorithm".utf8)
    case .credential: Array("x-amz-credential".utf8)
    case .date: Array("x-amz-date".utf8)
    case .expires: Array("x-amz-expires".utf8)
    case .signedHeaders: Array("x-amz-signedheaders".utf8)
    case .signature: Array("x-amz-signature".utf8)
    case .securityToken: Array("x-amz-security-token".utf8)
    case .regionSet: Array("x-amz-region-set".utf8)
    }
  }

  /// - Parameter name: in lower case.
  init?(_ name: [UInt8]) {
    for parameter in QueryParameter.allCases where name == parameter.lowercasedName {
      self = parameter
      return
    }
    return nil
  }
}
