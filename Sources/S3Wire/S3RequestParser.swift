public import HTTPWire
public import S3Model

/// Turns a request's head into the S3 request it is, or refuses it.
///
/// Pure. Nothing here looks at identities or stores; what comes out says what must be allowed before it may run.
public struct S3RequestParser: Sendable {
  /// The longest key, in bytes of its decoded UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects").
  public static let keyBytesMax = 1024

  private let hosts: VirtualHosts

  /// - Parameter virtualHostDomains: the domains whose sub-domains are buckets, such as `s3.example.com`;
  ///   without port. Requests to any other host are path style.
  public init(virtualHostDomains: [String] = []) {
    hosts = VirtualHosts(domains: virtualHostDomains)
  }

  /// Recognizes the operation and lists the accesses it needs.
  public func parse(_ head: RequestHead) throws(S3WireError) -> S3Request {
    let target = try target(head)
    // A preflight carries the query of the request it asks about; none of it selects what a preflight does.
    let query = head.method == .options ? ParsedQuery() : try ParsedQuery(head)
    var request = S3Request(
      head: head, operation: .optionsObject, addressing: target.addressing, bucket: target.bucket, key: target.key,
      rawKey: target.rawKey, hoisted: query.hoisted)
    request.operation = try operation(request, query, target)
    try HeaderRules.check(request)
    if AccessRules.isUnsupported(request.operation) { throw .unsupportedOperation(request.operation) }
    request.query = try QueryRules.apply(request.operation, query.items)
    if request.operation == .copyObject || request.operation == .uploadPartCopy {
      request.copySource = try copySource(request)
    }
    request.accesses = AccessRules.accesses(for: request)
    return request
  }

  private func operation(
    _ request: S3Request, _ query: ParsedQuery, _ target: Target
  ) throws(S3WireError) -> S3Operation {
    // Its path is a bucket's; the headers, which no other operation has, tell it apart.
    if target.isObjectLambdaPath, request.head.method == .post,
      request.hasHeader(.xAmzRequestRoute), request.hasHeader(.xAmzRequestToken)
    {
      return .writeGetObjectResponse
    }
    let router = OperationRouter(
      method: request.head.method, level: target.level, items: query.items,
      hasCopySource: request.hasHeader(.xAmzCopySource), isForm: HeaderRules.isForm(request))
    return try router.operation()
  }

  private func copySource(_ request: S3Request) throws(S3WireError) -> CopySource {
    let result = request.withHeader(.xAmzCopySource) { value -> Result<CopySource, S3WireError> in
      Result { () throws(S3WireError) in try CopySource(header: value) }
    }
    guard let result else { throw .missingHeader(.xAmzCopySource) }
    return try result.get()
  }
}

extension S3RequestParser {
  private struct Target {
    var addressing: S3Request.Addressing = .path
    var bucket: String?
    var key: ByteString?
    var rawKey = ByteRange(0, 0)
    var isObjectLambdaPath = false

    var level: OperationRouter.Level { bucket == nil ? .service : key == nil ? .bucket : .object }
  }

  /// Splits host and path into bucket and key.
  private func target(_ head: RequestHead) throws(S3WireError) -> Target {
    var target = Target()
    // The path starts with `/`, which the head parser made sure of.
    var start = Int(head.path.start) + 1
    let end = Int(head.path.end)
    if let host = head.fields.first(.host) {
      let bucket = head.fields.withBytes(host) { bytes -> Result<String?, S3WireError> in
        Result { () throws(S3WireError) in try hosts.bucket(host: bytes) }
      }
      target.bucket = try bucket.get()
    }
    if target.bucket != nil {
      target.addressing = .virtualHost
    } else {
      guard start < end else { return target }
      let slash = head.fields.bytes[start..<end].firstIndex(of: 0x2F) ?? end
      let segment = ByteRange(start, slash)
      let name = head.fields.withBytes(segment) { bytes -> Result<String?, S3WireError> in
        // What is a name as it stands, hence without an escape, needs no decoding.
        if let name = BucketName.accessible(bytes) { return .success(name) }
        return Result { () throws(S3WireError) in
          try PercentDecoding.decode(bytes, plus: .literal).bytes.withUnsafeBufferPointer(BucketName.accessible)
        }
      }
      guard let bucket = try name.get() else { throw .invalidBucketName }
      target.bucket = bucket
      target.isObjectLambdaPath = head.fields.equals(segment, "WriteGetObjectResponse")
      start = slash + 1
    }
    guard start < end else { return target }
    target.rawKey = ByteRange(start, end)
    let key = head.fields.withBytes(target.rawKey) { bytes -> Result<ByteString, S3WireError> in
      Result { () throws(S3WireError) in try PercentDecoding.decode(bytes, plus: .literal) }
    }
    let decoded = try key.get()
    guard decoded.count <= Self.keyBytesMax else { throw .keyTooLong(bytes: decoded.count) }
    target.key = decoded
    return target
  }
}
