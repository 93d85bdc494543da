import Cryptography
import HTTPWire
import S3Model
import SigV4

/// AWS's codes and messages for what is wrong with a signature.
///
/// Source: Amazon S3 API Reference, "Error responses"; Amazon S3 User Guide, "Troubleshooting".
enum SignatureErrorMapping {
  static func reply(_ error: SigV4Error, service: Service, now: UnixTime) -> ErrorReply {
    switch error {
    case .severalMechanisms:
      return ErrorReply(
        .invalidArgument,
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter "
          + "or the Authorization header should be specified")
    case .unsupportedScheme: return ErrorReply(.invalidArgument, "Unsupported Authorization Type")
    case .signatureVersion2:
      return ErrorReply(
        .invalidRequest,
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
    case .malformedAuthorization:
      return malformed(
        .header, service,
        "The authorization header is malformed; the authorization header requires three components: Credential, "
          + "SignedHeaders, and Signature.")
    case .missingOrRepeatedParameter:
      return malformed(
        .query, service,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
          + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
    case .unsupportedAlgorithm:
      return malformed(
        .query, service, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
    case .malformedExpires: return malformed(.query, service, "X-Amz-Expires should be a number")
    case .expiresOutOfRange:
      return malformed(
        .query, service,
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
          + "604800 seconds")
    case .malformedQuery, .malformedPath: return ErrorReply(.invalidURI)
    case .malformedCredential(let placement):
      return malformed(
        placement, service,
        "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
    case .wrongTerminator(let placement):
      return malformed(placement, service, "incorrect terminal. This endpoint uses \"aws4_request\".")
    case .wrongScopeDate(let placement):
      return malformed(
        placement, service, "Invalid credential date. This date is not the same as X-Amz-Date.")
    case .wrongRegion(let placement, let given, let expected):
      var reply = malformed(
        placement, service,
        "the region '\(ErrorMapping.printable(given))' is wrong; expecting '\(ErrorMapping.printable(expected))'")
      reply.details = [("Region", ErrorMapping.printable(expected))]
      return reply
    case .wrongService(let placement, let given):
      return malformed(
        placement, service,
        "incorrect service \"\(ErrorMapping.printable(given))\". This endpoint belongs to \"s3\".")
    case .malformedDate(.header), .malformedDate(.form):
      return service == .s3
        ? ErrorReply(.accessDenied, "AWS authentication requires a valid Date or x-amz-date header")
        : ErrorReply(.incompleteSignature, "Date must be in ISO-8601 'basic format'.")
    case .malformedDate(.query):
      return malformed(
        .query, service, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    case .requestTimeTooSkewed(let request, let server):
      guard service == .s3 else {
        return ErrorReply(.signatureDoesNotMatch, "Signature expired or not yet current")
      }
      return ErrorReply(
        .requestTimeTooSkewed,
        details: [
          ("RequestTime", UnixTime(seconds: request).iso8601), ("ServerTime", UnixTime(seconds: server).iso8601),
          ("MaxAllowedSkewMilliseconds", "900000"),
        ])
    case .notValidYet(let start, let server):
      return ErrorReply(
        .accessDenied, "Request is not valid yet",
        details: [
          ("X-Amz-Date", UnixTime(seconds: start).iso8601), ("ServerTime", UnixTime(seconds: server).iso8601),
        ])
    case .expired(let lifetime, let end, let server):
      return ErrorReply(
        .accessDenied, "Request has expired",
        details: [
          ("X-Amz-Expires", String(lifetime)), ("Expires", UnixTime(seconds: end).iso8601),
          ("ServerTime", UnixTime(seconds: server).iso8601),
        ])
    case .headersNotSigned(let names):
      return ErrorReply(
        .accessDenied, "There were headers present in the request which were not signed",
        details: [("HeadersNotSigned", names.map(ErrorMapping.printable).joined(separator: ", "))])
    case .repeatedHeader(let name):
      return ErrorReply(
        .invalidArgument, "The header \(ErrorMapping.printable(name)) occurs more than once",
        details: [("ArgumentName", ErrorMapping.printable(name))])
    case .headerDiffersFromQuery(let name):
      return ErrorReply(
        .invalidArgument, "The header \(ErrorMapping.printable(name)) differs from the query parameter",
        details: [("ArgumentName", ErrorMapping.printable(name))])
    case .connectionNamesSignedHeader:
      return ErrorReply(.invalidRequest, "The Connection header names a signed header")
    case .foldedHeader(let name):
      return ErrorReply(
        .invalidRequest, "The header \(ErrorMapping.printable(name)) has a value that cannot be signed")
    case .missingContentSHA256:
      return ErrorReply(.invalidRequest, "Missing required header for this request: x-amz-content-sha256")
    case .malformedContentSHA256:
      return ErrorReply(
        .invalidArgument,
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
          + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
          + "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid "
          + "sha256 value.",
        details: [("ArgumentName", "x-amz-content-sha256")])
    case .payloadKindNotAllowed:
      return ErrorReply(.invalidRequest, "The payload kind in x-amz-content-sha256 is not allowed for this request")
    case .missingDecodedContentLength: return ErrorReply(.missingContentLength)
    case .malformedDecodedContentLength:
      return ErrorReply(.invalidArgument, "x-amz-decoded-content-length is not a number")
    case .unsupportedTrailer:
      return ErrorReply(.invalidRequest, "The value specified in the x-amz-trailer header is not supported")
    case .malformedContentMD5: return ErrorReply(.invalidDigest)
    case .malformedChecksum(let name):
      return ErrorReply(.invalidRequest, "Value for \(name.name) header is invalid.")
    case .severalChecksums:
      return ErrorReply(
        .invalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    case .unsupportedChecksum(let name):
      return ErrorReply(
        .notImplemented, "A header you provided implies functionality that is not implemented",
        details: [("Header", String(describing: name.name))])
    case .signatureDoesNotMatch(let mismatch):
      guard service == .s3 else { return ErrorReply(.signatureDoesNotMatch) }
      return ErrorReply(
        .signatureDoesNotMatch,
        details: [
          ("AWSAccessKeyId", ErrorMapping.printable(mismatch.accessKeyID)),
          ("StringToSign", String(decoding: mismatch.stringToSign, as: UTF8.self)),
          ("StringToSignBytes", bytes(mismatch.stringToSign)),
          ("CanonicalRequest", String(decoding: mismatch.canonicalRequest, as: UTF8.self)),
          ("CanonicalRequestBytes", bytes(mismatch.canonicalRequest)),
        ])
    case .chunkSignatureDoesNotMatch: return ErrorReply(.signatureDoesNotMatch)
    case .keyUnavailable: return ErrorReply(.internalError)
    case .contentSHA256Mismatch(let claimed, let computed):
      return ErrorReply(
        .xAmzContentSHA256Mismatch,
        details: [
          ("ClientComputedContentSHA256", claimed.description), ("S3ComputedContentSHA256", computed.description),
        ])
    case .contentMD5Mismatch: return ErrorReply(.badDigest)
    case .checksumMismatch(let algorithm):
      return ErrorReply(
        .badDigest, "The \(algorithm) you specified did not match the calculated checksum.")
    case .decodedLengthMismatch: return ErrorReply(.incompleteBody)
    case .malformedChunk: return ErrorReply(.invalidRequest, "The aws-chunked body is malformed")
    case .chunkTooSmall:
      return ErrorReply(
        .invalidRequest, "Only the last chunk is allowed to have a size less than 8192 bytes")
    case .malformedTrailer:
      return ErrorReply(
        .invalidRequest,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.")
    case .malformedPostPolicy: return ErrorReply(.invalidPolicyDocument, "Invalid Policy: Invalid JSON.")
    case .postPolicyExpired: return ErrorReply(.accessDenied, "Invalid according to Policy: Policy expired.")
    case .postPolicyConditionFailed(let condition):
      return ErrorReply(
        .accessDenied,
        "Invalid according to Policy: Policy Condition failed: \(ErrorMapping.printable(condition))")
    case .postPolicyExtraField(let field):
      return ErrorReply(
        .accessDenied, "Invalid according to Policy: Extra input fields: \(ErrorMapping.printable(field))")
    case .missingOrRepeatedFormField(let field):
      return ErrorReply(
        .invalidArgument,
        "Bucket POST must contain a field named '\(ErrorMapping.printable(field))'.  If it is specified, please "
          + "check the order of the fields.")
    case .entityTooSmall(let bytes, let bytesMin):
      return ErrorReply(
        .entityTooSmall, "Your proposed upload is smaller than the minimum allowed size",
        details: [("ProposedSize", String(bytes)), ("MinSizeAllowed", String(bytesMin))])
    case .entityTooLarge(let bytes, let bytesMax):
      return ErrorReply(
        .entityTooLarge, details: [("ProposedSize", String(bytes)), ("MaxSizeAllowed", String(bytesMax))])
    }
  }

  /// As AWS writes them: `47 45 54`.
  private static func bytes(_ text: [UInt8]) -> String {
    text.map { Hex.encode([$0]) }.joined(separator: " ")
  }

  private static func malformed(_ placement: CredentialPlacement, _ service: Service, _ message: String) -> ErrorReply {
    guard service == .s3 else { return ErrorReply(.incompleteSignature, message) }
    switch placement {
    case .header, .form:
      let prefix = "The authorization header is malformed; "
      return ErrorReply(.authorizationHeaderMalformed, message.hasPrefix(prefix) ? message : prefix + message)
    case .query:
      return ErrorReply(.authorizationQueryParametersError, message)
    }
  }
}
