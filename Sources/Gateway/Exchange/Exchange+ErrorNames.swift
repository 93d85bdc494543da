import HTTPWire
import S3Model
import SigV4

/// S3 names in an error's document what the error is about.
extension Exchange {
  /// Adds what AWS's documents have and the store's did not.
  func addNames(to reply: inout ErrorReply) {
    guard service == .s3 else { return }
    let missing: (name: String, value: ByteString?)
    switch reply.code {
    case .noSuchBucket, .noSuchBucketPolicy, .noSuchCORSConfiguration, .noSuchPublicAccessBlockConfiguration,
      .noSuchTagSet, .bucketNotEmpty,
      .bucketAlreadyExists, .bucketAlreadyOwnedByYou:
      missing = ("BucketName", request?.bucket.map { ByteString($0) })
    case .noSuchKey, .noSuchVersion: missing = ("Key", request?.copySource?.key ?? request?.key)
    case .noSuchUpload: missing = ("UploadId", request?.query(.uploadID))
    case .preconditionFailed: missing = ("Condition", failedCondition)
    case .invalidAccessKeyId: missing = ("AWSAccessKeyId", claim?.accessKeyID)
    default: return
    }
    guard let value = missing.value, !reply.details.contains(where: { $0.name == missing.name }) else { return }
    reply.details.append((missing.name, String(decoding: value.bytes.prefix(1024), as: UTF8.self)))
  }

  /// The condition that did not hold, where the request leaves no doubt which.
  private var failedCondition: ByteString? {
    guard let request else { return nil }
    // RFC 9110 section 13.2.2: If-Unmodified-Since counts only without If-Match. If-Modified-Since is no reason for 412.
    if request.operation == .getObject || request.operation == .headObject {
      if request.hasHeader(.ifMatch) { return "If-Match" }
      return request.hasHeader(.ifUnmodifiedSince) ? "If-Unmodified-Since" : nil
    }
    let conditions: [(FieldName, ByteString)] = [
      (.ifMatch, "If-Match"), (.ifNoneMatch, "If-None-Match"),
      (.xAmzCopySourceIfMatch, "x-amz-copy-source-If-Match"),
      (.xAmzCopySourceIfNoneMatch, "x-amz-copy-source-If-None-Match"),
      (.xAmzCopySourceIfModifiedSince, "x-amz-copy-source-If-Modified-Since"),
      (.xAmzCopySourceIfUnmodifiedSince, "x-amz-copy-source-If-Unmodified-Since"),
    ]
    let asked = conditions.filter { request.hasHeader($0.0) }
    return asked.count == 1 ? asked[0].1 : nil
  }
}
