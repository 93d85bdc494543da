import S3Model
import SigV4

/// S3 names in an error's document what the error is about.
extension Exchange {
  /// Adds what AWS's documents have and the store's did not.
  func addNames(to reply: inout ErrorReply) {
    guard service == .s3 else { return }
    let missing: (name: String, value: ByteString?)
    switch reply.code {
    case .noSuchBucket, .noSuchBucketPolicy, .noSuchCORSConfiguration, .noSuchTagSet, .bucketNotEmpty,
      .bucketAlreadyExists, .bucketAlreadyOwnedByYou:
      missing = ("BucketName", request?.bucket.map { ByteString($0) })
    case .noSuchKey, .noSuchVersion: missing = ("Key", request?.copySource?.key ?? request?.key)
    case .noSuchUpload: missing = ("UploadId", request?.query(.uploadID))
    case .invalidAccessKeyId: missing = ("AWSAccessKeyId", claim?.accessKeyID)
    default: return
    }
    guard let value = missing.value, !reply.details.contains(where: { $0.name == missing.name }) else { return }
    reply.details.append((missing.name, String(decoding: value.bytes.prefix(1024), as: UTF8.self)))
  }
}
