public import Cryptography
public import HTTPWire
public import S3Model

/// Why a request's signature, or its body under that signature, was refused.
///
/// Cases carry facts only: never secrets, tokens, signatures or SSE-C keys. Each names the code and message AWS gives;
/// the gateway turns cases into errors. Where AWS names another code for query authentication, it is given second.
public enum SigV4Error: Error, Equatable, Sendable {
  // MARK: How the request claims to be authenticated

  /// `InvalidArgument`: "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query
  /// string parameter or the Authorization header should be specified".
  case severalMechanisms
  /// `InvalidArgument`: "Unsupported Authorization Type".
  case unsupportedScheme
  /// Signature version 2. `InvalidRequest`: "The authorization mechanism you have provided is not supported. Please use
  /// AWS4-HMAC-SHA256."
  case signatureVersion2
  /// `AuthorizationHeaderMalformed`: "The authorization header is malformed; the authorization header requires three
  /// components: Credential, SignedHeaders, and Signature." Also for repeated or unknown components.
  case malformedAuthorization(AuthorizationComponent)
  /// `AuthorizationQueryParametersError`: "Query-string authentication version 4 requires the X-Amz-Algorithm,
  /// X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters." Also for
  /// repeated ones.
  case missingOrRepeatedParameter(QueryParameter)
  /// `AuthorizationQueryParametersError`: "X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and
  /// AWS4-ECDSA-P256-SHA256"".
  case unsupportedAlgorithm
  /// `AuthorizationQueryParametersError`: "X-Amz-Expires should be a number".
  case malformedExpires
  /// `AuthorizationQueryParametersError`: "X-Amz-Expires must be less than a week (in seconds); that is, the given
  /// X-Amz-Expires must be less than 604800 seconds". Also for 0, AWS: "X-Amz-Expires must be non-negative".
  case expiresOutOfRange
  /// A query whose percent-encoding does not decode. `InvalidURI`: "Couldn't parse the specified URI."
  case malformedQuery
  /// A path whose percent-encoding does not decode. `InvalidURI`: "Couldn't parse the specified URI."
  case malformedPath

  // MARK: Credential scope

  /// `AuthorizationHeaderMalformed`: "The authorization header is malformed; the Credential is mal-formed; expecting
  /// "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."; `AuthorizationQueryParametersError` in a query.
  case malformedCredential(CredentialPlacement)
  /// `AuthorizationHeaderMalformed`: "… incorrect terminal. This endpoint uses "aws4_request"."
  case wrongTerminator(CredentialPlacement)
  /// `AuthorizationHeaderMalformed`: "… Invalid credential date. This date is not the same as X-Amz-Date."
  case wrongScopeDate(CredentialPlacement)
  /// `AuthorizationHeaderMalformed` with `<Region>`: "… the region '…' is wrong; expecting '…'".
  case wrongRegion(CredentialPlacement, given: ByteString, expected: ByteString)
  /// `AuthorizationHeaderMalformed`: "… incorrect service. This endpoint belongs to "s3"."
  case wrongService(CredentialPlacement, given: ByteString)

  // MARK: Time

  /// `AccessDenied`: "AWS authentication requires a valid Date or x-amz-date header";
  /// `AuthorizationQueryParametersError`: "X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"".
  case malformedDate(CredentialPlacement)
  /// `RequestTimeTooSkewed` (with `<RequestTime>`, `<ServerTime>`, `<MaxAllowedSkewMilliseconds>`): "The difference
  /// between the request time and the current time is too large." Times in Unix seconds.
  case requestTimeTooSkewed(requestSeconds: Int64, serverSeconds: Int64)
  /// `AccessDenied`: "Request is not valid yet".
  case notValidYet(startSeconds: Int64, serverSeconds: Int64)
  /// `AccessDenied` (with `<X-Amz-Expires>`, `<Expires>`, `<ServerTime>`): "Request has expired".
  case expired(lifetimeSeconds: Int64, endSeconds: Int64, serverSeconds: Int64)

  // MARK: Headers

  /// `AccessDenied` with `<HeadersNotSigned>`: "There were headers present in the request which were not signed".
  /// Lower-case names.
  case headersNotSigned([ByteString])
  /// `InvalidArgument`: a header that must be single occurs more than once. Lower-case name.
  case repeatedHeader(ByteString)
  /// `InvalidArgument`: a header stands beside a query parameter of that name and differs. Lower-case name.
  case headerDiffersFromQuery(ByteString)
  /// `InvalidRequest` (400, close): `Connection` names a signed header, which a proxy would then drop.
  case connectionNamesSignedHeader
  /// A signed header's value contains a line break or another control byte. `InvalidRequest`.
  case foldedHeader(ByteString)

  // MARK: Payload claim

  /// `InvalidRequest`: "Missing required header for this request: x-amz-content-sha256".
  case missingContentSHA256
  /// `InvalidArgument`: "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER,
  /// STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER,
  /// STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256
  /// value."
  case malformedContentSHA256
  /// A payload kind that this service, algorithm or encoding does not allow. `InvalidRequest`.
  case payloadKindNotAllowed
  /// `MissingContentLength` (411): "You must provide the Content-Length HTTP header." Of x-amz-decoded-content-length.
  case missingDecodedContentLength
  /// `InvalidArgument`: x-amz-decoded-content-length is not a number.
  case malformedDecodedContentLength
  /// `InvalidRequest`: "The value specified in the x-amz-trailer header is not supported".
  case unsupportedTrailer
  /// `InvalidDigest`: "The Content-MD5 you specified is not valid."
  case malformedContentMD5
  /// `InvalidRequest`: "Value for x-amz-checksum-… header is invalid."
  case malformedChecksum(FieldName)
  /// `InvalidRequest`: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
  case severalChecksums
  /// A checksum algorithm that cannot be checked here is never ignored. `NotImplemented`.
  case unsupportedChecksum(FieldName)

  // MARK: Signature

  /// `SignatureDoesNotMatch`: "The request signature we calculated does not match the signature you provided. Check your
  /// key and signing method."
  case signatureDoesNotMatch(SignatureMismatch)
  /// `SignatureDoesNotMatch`, of a chunk or of the trailers.
  case chunkSignatureDoesNotMatch
  /// The key cannot make signatures of this algorithm. `InternalError`.
  case keyUnavailable

  // MARK: Body

  /// `XAmzContentSHA256Mismatch`: "The provided 'x-amz-content-sha256' header does not match what was computed." Both
  /// digests are of the client's own body.
  case contentSHA256Mismatch(claimed: SHA256Digest, computed: SHA256Digest)
  /// `BadDigest`: "The Content-MD5 you specified did not match what we received."
  case contentMD5Mismatch
  /// `BadDigest`: "The CRC32 you specified did not match the calculated checksum." of the algorithm named.
  case checksumMismatch(ChecksumAlgorithm)
  /// `IncompleteBody`: "The request body terminated unexpectedly", or more came than x-amz-decoded-content-length said.
  case decodedLengthMismatch
  /// `InvalidRequest`: the aws-chunked framing is broken or over its limits.
  case malformedChunk
  /// `InvalidChunkSizeError`: "Only the last chunk is allowed to have a size less than 8192 bytes".
  case chunkTooSmall
  /// `MalformedTrailerError`: "The request contained trailing data that was not well-formed or did not conform to our
  /// published schema."
  case malformedTrailer

  // MARK: POST policy forms

  /// `InvalidPolicyDocument`: "Invalid Policy: Invalid JSON." and the like.
  case malformedPostPolicy
  /// `AccessDenied`: "Invalid according to Policy: Policy expired."
  case postPolicyExpired
  /// `AccessDenied`: "Invalid according to Policy: Policy Condition failed: […]". The condition, as JSON of the policy.
  case postPolicyConditionFailed(ByteString)
  /// `AccessDenied`: "Invalid according to Policy: Extra input fields: …". The field, in lower case.
  case postPolicyExtraField(ByteString)
  /// `InvalidArgument`: "Bucket POST must contain a field named '…'.  If it is specified, please check the order of the
  /// fields." Also for a field that occurs twice.
  case missingOrRepeatedFormField(ByteString)
  /// `EntityTooSmall`: "Your proposed upload is smaller than the minimum allowed size".
  case entityTooSmall(bytes: UInt64, bytesMin: UInt64)
  /// `EntityTooLarge`: "Your proposed upload exceeds the maximum allowed size".
  case entityTooLarge(bytes: UInt64, bytesMax: UInt64)
}

/// Where a request carries its credential.
public enum CredentialPlacement: UInt8, Sendable {
  case header, query, form
}

/// A component of the Authorization header.
public enum AuthorizationComponent: UInt8, Sendable {
  case credential, signedHeaders, signature
  /// One that AWS does not define.
  case other
}

/// A query parameter of presigned URLs.
public enum QueryParameter: UInt8, CaseIterable, Sendable {
  case algorithm, credential, date, expires, signedHeaders, signature, securityToken, regionSet
}

/// What was computed for a request whose signature did not match, for the client to compare with its own.
///
/// The values of `x-amz-security-token` and of SSE-C keys stand as `<redacted>`; the hash in ``stringToSign`` is of the
/// canonical request with the real values.
public struct SignatureMismatch: Equatable, Sendable {
  public let accessKeyID: ByteString
  public let canonicalRequest: [UInt8]
  public let stringToSign: [UInt8]
}

extension SignatureMismatch: CustomStringConvertible {
  /// For logs and audit records, where the canonical request has no place.
  public var description: String { "for \(accessKeyID.text)" }
}
