import S3Model

extension ByteString {
  /// Whether a path lies under a prefix; nil means `/`.
  func isUnder(_ prefix: ByteString?) -> Bool { prefix.map { bytes.starts(with: $0.bytes) } ?? true }
}
