public import HTTPWire
public import S3Model

/// Why a request, a form or a document is refused.
public enum S3WireError: Error, Equatable, Sendable {
  // The target

  /// A `%` without two hexadecimal digits.
  case malformedPercentEncoding
  /// An encoded NUL in the path or the query.
  case encodedNUL
  /// A path or query that is not UTF-8 once decoded.
  case invalidUTF8
  /// A key of more than 1024 bytes; the count.
  case keyTooLong(bytes: Int)
  /// No legal bucket name, dot segments included.
  case invalidBucketName

  // The operation

  /// No operation has this sub-resource, or this combination of them.
  case unknownSubresource
  /// S3 knows the sub-resource or path, but not with this method.
  case methodNotAllowed
  /// An operation of S3 that the gateway does not serve.
  case unsupportedOperation(S3Operation)
  /// A header that changes what the operation does and that the gateway does not serve.
  case unsupportedHeader(FieldName)
  /// Signature version 2 in the query.
  case signatureVersion2
  case repeatedQueryParameter
  case invalidQueryParameter(QueryName)
  case missingQueryParameter(QueryName)
  case missingHeader(FieldName)
  case invalidHeader(FieldName)
  /// A parameter that stands for a header and differs from the header beside it; the name, lower case.
  case conflictingHoistedHeader(ByteString)
  case tooManyQueryParameters
  /// POST on a bucket that is not a form.
  case notAForm
  case malformedCopySource
  /// `x-amz-copy-source` on an operation that copies nothing.
  case unexpectedCopySource

  // Documents

  case malformedXML(XMLFault)
  case documentTooLarge
  case missingDocument
  /// Well-formed, but not what the operation takes.
  case invalidDocument
  case tooManyKeys
  case invalidPartOrder
  case invalidTag(TagFault)
  case unsupportedACL

  // Forms

  case malformedForm
  /// Fields before the file of more than the limit, 20 KB.
  case formFieldsTooLarge
  case missingFormFile
  case repeatedFormFile
  case missingFormField(ByteString)
  case malformedParameters
}

/// Why a tag set is refused.
public enum TagFault: Equatable, Sendable {
  case tooMany, keyLength, valueLength, repeatedKey, reservedPrefix, malformed
}

extension S3WireError {
  /// The code S3 answers with.
  public var code: S3ErrorCode {
    switch self {
    case .malformedPercentEncoding, .encodedNUL, .invalidUTF8: .invalidURI
    case .keyTooLong: .keyTooLongError
    case .invalidBucketName: .invalidBucketName
    case .unknownSubresource, .unsupportedOperation, .unsupportedHeader, .unsupportedACL: .notImplemented
    case .methodNotAllowed: .methodNotAllowed
    case .signatureVersion2, .missingHeader, .tooManyQueryParameters: .invalidRequest
    case .repeatedQueryParameter, .invalidQueryParameter, .missingQueryParameter, .invalidHeader,
      .conflictingHoistedHeader, .malformedCopySource, .unexpectedCopySource:
      .invalidArgument
    case .notAForm: .preconditionFailed
    case .malformedXML, .invalidDocument, .tooManyKeys: .malformedXML
    case .documentTooLarge: .maxMessageLengthExceeded
    case .missingDocument: .missingRequestBodyError
    case .invalidPartOrder: .invalidPartOrder
    case .invalidTag(let fault): fault == .tooMany ? .badRequest : .invalidTag
    case .malformedForm: .malformedPOSTRequest
    case .formFieldsTooLarge: .maxPostPreDataLengthExceeded
    case .missingFormFile, .repeatedFormFile: .incorrectNumberOfFilesInPostRequest
    case .missingFormField: .invalidArgument
    case .malformedParameters: .malformedQueryString
    }
  }
}
