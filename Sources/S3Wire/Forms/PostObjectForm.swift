import HTTPWire
public import S3Model

/// The fields of a browser's upload, and the write that they ask for.
///
/// Source: Amazon S3 API Reference, "POST Object".
public struct PostObjectForm: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    /// Lower case.
    public var name: ByteString
    public var value: ByteString
  }

  /// In the order sent; each name occurs once.
  public private(set) var fields: [Field] = []

  public init() {}

  /// Adds a field; names differ by more than case.
  public mutating func add(name: ByteString, value: ByteString) throws(S3WireError) {
    let lowercased = ByteString(name.bytes.map(ASCII.lowercased))
    for field in fields where field.name == lowercased { throw .malformedForm }
    fields.append(Field(name: lowercased, value: value))
  }

  /// - Parameter name: lower case.
  public subscript(_ name: ByteString) -> ByteString? {
    fields.first { $0.name == name }?.value
  }

  /// The key to write: the field `key`, with `${filename}` replaced by the file's name.
  public func key(fileName: ByteString) throws(S3WireError) -> ByteString {
    guard let field = self["key"] else { throw .missingFormField("key") }
    // Browsers of old send the whole path.
    let name = fileName.bytes.split(whereSeparator: { $0 == 0x2F || $0 == 0x5C }).last ?? []
    let variable = Array("${filename}".utf8)
    var key: [UInt8] = []
    var index = 0
    while index < field.count {
      if field.bytes[index...].starts(with: variable) {
        key.append(contentsOf: name)
        index += variable.count
      } else {
        key.append(field.bytes[index])
        index += 1
      }
    }
    guard !key.isEmpty else { throw .missingFormField("key") }
    guard key.count <= S3RequestParser.keyBytesMax else { throw .keyTooLong(bytes: key.count) }
    guard !key.contains(0) else { throw .encodedNUL }
    guard UTF8Validation.isValid(key) else { throw .invalidUTF8 }
    return ByteString(key)
  }

  /// The upload as the PutObject it amounts to, with the fields as headers: its accesses, conditions and metadata are
  /// then found where those of every other write are.
  /// - Parameter request: the POST on the bucket.
  public func putObject(for request: S3Request, fileName: ByteString) throws(S3WireError) -> S3Request {
    guard request.operation == .postObject, let bucket = request.bucket else { throw .malformedForm }
    var head = Array("PUT /\(bucket)/".utf8)
    head.append(contentsOf: PercentEncoding.path(try key(fileName: fileName).bytes))
    head.append(contentsOf: " HTTP/1.1\r\nhost: ".utf8)
    if let host = request.head.fields.first(.host) {
      request.head.fields.withBytes(host) { head.append(contentsOf: $0) }
    }
    head.append(contentsOf: [0x0D, 0x0A])
    for field in fields {
      guard let (name, value) = try Self.header(field) else { continue }
      guard value.allSatisfy(ASCII.isFieldValue) else {
        throw .invalidHeader(name.withUnsafeBufferPointer { FieldName(ignoringCase: $0) })
      }
      head.append(contentsOf: name)
      head.append(contentsOf: [0x3A, 0x20])
      head.append(contentsOf: value)
      head.append(contentsOf: [0x0D, 0x0A])
    }
    head.append(contentsOf: [0x0D, 0x0A])
    return try S3RequestParser().parse(try Self.parse(head))
  }

  private static func parse(_ bytes: [UInt8]) throws(S3WireError) -> RequestHead {
    var limits = HeadLimits()
    // Fields are bounded by the form's parser; escapes make a key three times as long.
    limits.headBytesMax = 65_536
    limits.fieldCountMax = 256
    var parser = RequestHeadParser(limits: limits)
    var head = RequestHead()
    let parsed = bytes.withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }
    guard case .success(bytes.count) = parsed else { throw .malformedForm }
    return head
  }

  /// The header that a field stands for; nil for fields of the form itself and for those that mean nothing.
  private static func header(_ field: Field) throws(S3WireError) -> (name: [UInt8], value: [UInt8])? {
    switch field.name {
    case "acl": return (Array("x-amz-acl".utf8), field.value.bytes)
    case "tagging":
      let tags = try TagSet.parse(document: field.value.bytes, countMax: TagSet.objectTagsMax)
      return (Array("x-amz-tagging".utf8), TagSet.header(tags))
    default: break
    }
    let id = field.name.bytes.withUnsafeBufferPointer { FieldName(ignoringCase: $0) }
    let isMetadata = S3Request.metadataPrefix.withUTF8Buffer { field.name.bytes.starts(with: $0) }
    if isMetadata {
      guard field.name.bytes.allSatisfy(ASCII.isToken) else { throw .malformedForm }
      return (field.name.bytes, field.value.bytes)
    }
    switch id {
    case .cacheControl, .contentType, .contentDisposition, .contentEncoding, .contentLanguage, .contentMd5, .expires,
      .xAmzStorageClass, .xAmzWebsiteRedirectLocation, .xAmzServerSideEncryption,
      .xAmzServerSideEncryptionAwsKmsKeyId, .xAmzServerSideEncryptionBucketKeyEnabled,
      .xAmzServerSideEncryptionContext, .xAmzServerSideEncryptionCustomerAlgorithm,
      .xAmzServerSideEncryptionCustomerKey, .xAmzServerSideEncryptionCustomerKeyMd5, .xAmzObjectLockMode,
      .xAmzObjectLockRetainUntilDate, .xAmzObjectLockLegalHold, .xAmzChecksumAlgorithm, .xAmzSdkChecksumAlgorithm,
      .xAmzChecksumCrc32, .xAmzChecksumCrc32c, .xAmzChecksumCrc64nvme, .xAmzChecksumSha1, .xAmzChecksumSha256:
      return (field.name.bytes, field.value.bytes)
    case .xAmzDate, .xAmzSecurityToken: return nil
    default:
      switch field.name {
      case "x-amz-algorithm", "x-amz-credential", "x-amz-signature": return nil
      default: break
      }
      // A field may not bring in what a form cannot do, such as a copy.
      guard !field.name.bytes.starts(with: "x-amz-".utf8) || field.name.bytes.starts(with: "x-amz-ignore-".utf8) else {
        throw .unsupportedHeader(id)
      }
      return nil
    }
  }
}

extension TagSet {
  /// The tags as `x-amz-tagging` carries them.
  public static func header(_ tags: [ObjectTag]) -> [UInt8] {
    var bytes: [UInt8] = []
    for tag in tags {
      if !bytes.isEmpty { bytes.append(0x26) }
      bytes.append(contentsOf: PercentEncoding.query(tag.key.bytes))
      bytes.append(0x3D)
      bytes.append(contentsOf: PercentEncoding.query(tag.value.bytes))
    }
    return bytes
  }
}
