import HTTPWire
import S3Model

extension CopySource {
  /// Parses `x-amz-copy-source`: `/bucket/key` or `bucket/key`, percent-encoded, then perhaps `?versionId=…`.
  ///
  /// Source: Amazon S3 API Reference, CopyObject. Access point ARNs are refused.
  init(header: UnsafeBufferPointer<UInt8>) throws(S3WireError) {
    let start = header.first == 0x2F ? 1 : 0
    let query = header.firstIndex(of: 0x3F)
    let pathEnd = query ?? header.count
    guard start < pathEnd else { throw .malformedCopySource }
    let path = header[start..<pathEnd]
    guard !path.starts(with: "arn:".utf8) else { throw .malformedCopySource }
    // Old SDKs encode the slash between bucket and key too; a bucket's name has none, so this is not ambiguous.
    let decoded = try PercentDecoding.decode(UnsafeBufferPointer(rebasing: path), plus: .space)
    guard let slash = decoded.bytes.firstIndex(of: 0x2F) else { throw .malformedCopySource }
    let name = decoded.bytes[..<slash].withUnsafeBufferPointer(BucketName.accessible)
    guard let name else { throw .invalidBucketName }
    let key = ByteString(decoded.bytes[(slash + 1)...])
    guard !key.isEmpty else { throw .malformedCopySource }
    guard key.count <= S3RequestParser.keyBytesMax else { throw .keyTooLong(bytes: key.count) }
    var version: ByteString?
    if let query {
      let rest = header[(query + 1)...]
      guard rest.starts(with: "versionId=".utf8) else { throw .malformedCopySource }
      let value = try PercentDecoding.decode(UnsafeBufferPointer(rebasing: rest.dropFirst(10)), plus: .space)
      guard !value.isEmpty, value.count <= 1024, !value.bytes.contains(0x26) else { throw .malformedCopySource }
      version = value
    }
    self.init(bucket: name, key: key, versionID: version)
  }
}
