import HTTPWire
import S3Model

/// Headers that decide what an operation is, or that would change it in ways the gateway does not serve.
enum HeaderRules {
  static func check(_ request: S3Request) throws(S3WireError) {
    switch request.operation {
    case .optionsObject:
      guard request.head.fields.contains(.origin) else { throw .missingHeader(.origin) }
      guard request.head.fields.contains(.accessControlRequestMethod) else {
        throw .missingHeader(.accessControlRequestMethod)
      }
    case .getObjectAttributes:
      guard request.hasHeader(.xAmzObjectAttributes) else { throw .missingHeader(.xAmzObjectAttributes) }
    case .createBucket:
      guard let bucket = request.bucket, BucketName.isCreatable(bucket) else { throw .invalidBucketName }
    default: break
    }
    for name in unsupported where request.hasHeader(name) { throw .unsupportedHeader(name) }
  }

  /// Appending, event holds, annotations and regional bucket namespaces change what a write does.
  private static let unsupported: [FieldName] = [
    .xAmzWriteOffsetBytes, .xAmzObjectLockEventHold, .xAmzObjectLockEventHoldDurationDays,
    .xAmzObjectLockEventHoldDurationYears, .xAmzObjectAnnotationDirective,
  ]

  /// Whether Content-Type is `multipart/form-data`, whatever its parameters.
  static func isForm(_ request: S3Request) -> Bool {
    guard request.head.method == .post, let type = request.head.fields.first(.contentType) else { return false }
    let name: StaticString = "multipart/form-data"
    let count = name.utf8CodeUnitCount
    guard type.count >= count else { return false }
    let start = Int(type.start)
    guard request.head.fields.equalsIgnoringCase(ByteRange(start, start + count), name) else { return false }
    if type.count == count { return true }
    let next = request.head.fields.bytes[start + count]
    return next == 0x3B || next == 0x20 || next == 0x09
  }
}
