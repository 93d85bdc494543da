import HTTPWire
public import S3Model

/// The conditions of a request on the object it reads or copies.
///
/// Source: RFC 9110 section 13.2.2; Amazon S3 API Reference, GetObject: If-Match wins over If-Unmodified-Since, and
/// If-None-Match over If-Modified-Since. Dates that cannot be read, or that lie ahead, are ignored, as RFC 9110 says.
public struct ConditionalHeaders: Sendable {
  public enum Outcome: Sendable {
    case proceed, notModified, preconditionFailed
  }

  private var ifMatch: ByteString?
  private var ifNoneMatch: ByteString?
  private var ifModifiedSince: Int64?
  private var ifUnmodifiedSince: Int64?

  /// The conditions on the request's own object.
  public init(_ request: S3Request, nowSeconds: Int64) {
    self.init(
      request, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince, nowSeconds)
  }

  /// The conditions on a copy's source.
  public init(source request: S3Request, nowSeconds: Int64) {
    self.init(
      request, .xAmzCopySourceIfMatch, .xAmzCopySourceIfNoneMatch, .xAmzCopySourceIfModifiedSince,
      .xAmzCopySourceIfUnmodifiedSince, nowSeconds)
  }

  private init(
    _ request: S3Request, _ match: FieldName, _ noneMatch: FieldName, _ modified: FieldName, _ unmodified: FieldName,
    _ nowSeconds: Int64
  ) {
    ifMatch = request.header(match)
    ifNoneMatch = request.header(noneMatch)
    ifModifiedSince = request.withHeader(modified) { HTTPDate.parse($0, nowSeconds: nowSeconds) } ?? nil
    ifUnmodifiedSince = request.withHeader(unmodified) { HTTPDate.parse($0, nowSeconds: nowSeconds) } ?? nil
    if let date = ifModifiedSince, date > nowSeconds { ifModifiedSince = nil }
  }

  public var isEmpty: Bool {
    ifMatch == nil && ifNoneMatch == nil && ifModifiedSince == nil && ifUnmodifiedSince == nil
  }

  /// - Parameters:
  ///   - etag: the object's, without quotes.
  ///   - lastModifiedSeconds: since 1970, UTC.
  ///   - isCopySource: nothing is "not modified" for a copy: what a read answers 304 fails it with 412.
  public func evaluate(etag: [UInt8], lastModifiedSeconds: Int64, isCopySource: Bool = false) -> Outcome {
    if let ifMatch {
      guard Self.lists(ifMatch, etag, isWeak: false) else { return .preconditionFailed }
    } else if let date = ifUnmodifiedSince, lastModifiedSeconds > date {
      return .preconditionFailed
    }
    if let ifNoneMatch {
      if Self.lists(ifNoneMatch, etag, isWeak: true) { return isCopySource ? .preconditionFailed : .notModified }
    } else if let date = ifModifiedSince, lastModifiedSeconds <= date {
      return isCopySource ? .preconditionFailed : .notModified
    }
    return .proceed
  }

  private static func lists(_ list: ByteString, _ etag: [UInt8], isWeak: Bool) -> Bool {
    list.bytes.withUnsafeBufferPointer { EntityTags.list($0, contains: etag, isWeak: isWeak) }
  }
}
